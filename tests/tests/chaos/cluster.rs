//! A cluster of RustFS, each node a container on a network of its own, of which nodes are killed and restarted.

use std::{
    process::Command,
    time::{Duration, Instant},
};

use s3_test_suite::{Sandbox, docker};

use crate::{
    processes::only_the_precious_is_left,
    row::{Row, Scale},
    service::{KEYS, Service},
    services::contest,
};

const NODES: usize = 4;

/// Its containers and their network, which go with it.
struct Cluster {
    name: String,
    endpoints: Vec<String>,
}

impl Cluster {
    fn start() -> Self {
        let name = format!("s3-test-suite-cluster-{}", std::process::id());
        let mut cluster = Self {
            name: name.clone(),
            endpoints: Vec::new(),
        };
        docker(&["network", "create", &name]);
        for node in 1..=NODES {
            docker(&[
                "run",
                "--detach",
                "--publish=127.0.0.1::9000",
                &format!("--name={name}-{node}"),
                &format!("--network={name}"),
                &format!("--network-alias=rustfs{node}"),
                "--volume=/data",
                &format!("--env=RUSTFS_ACCESS_KEY={}", KEYS.0),
                &format!("--env=RUSTFS_SECRET_KEY={}", KEYS.1),
                "--env=RUSTFS_VOLUMES=http://rustfs{1...4}:9000/data/d{1...2}",
                "--env=RUSTFS_ADDRESS=0.0.0.0:9000",
                "--env=RUSTFS_UNSAFE_BYPASS_DISK_CHECK=true",
                "--env=RUSTFS_SCANNER_ENABLED=false",
                "--entrypoint=/bin/sh",
                "rustfs/rustfs:latest",
                "-c",
                "mkdir -p /data/d1 /data/d2; cd /tmp; exec /usr/bin/rustfs",
            ]);
            cluster.endpoints.push(cluster.endpoint(node));
        }
        cluster
    }

    fn container(&self, node: usize) -> String {
        format!("{}-{node}", self.name)
    }

    fn endpoint(&self, node: usize) -> String {
        let port = docker(&["port", &self.container(node), "9000/tcp"]);
        format!("http://{port}")
    }
}

/// Waits until the cluster takes an object: it answers before all its nodes have found each other.
fn wait_until_whole(service: &Service) {
    let start = Instant::now();
    let takes = |method: &str, path: &str| {
        let sent = service.client.try_send(method, path, "");
        let sent = service.runtime.block_on(sent);
        sent.is_ok_and(|answer| (200..300).contains(&answer.status))
    };
    while !(takes("PUT", "first") && takes("PUT", "first/object")) {
        assert!(start.elapsed() < Duration::from_secs(90), "no cluster");
        std::thread::sleep(Duration::from_millis(500));
    }
    assert!(takes("DELETE", "first/object") && takes("DELETE", "first"));
}

impl Drop for Cluster {
    fn drop(&mut self) {
        for node in 1..=NODES {
            let container = self.container(node);
            let arguments = ["rm", "--force", "--volumes", &container];
            let _ = Command::new("docker").args(arguments).output();
        }
        let _ = Command::new("docker")
            .args(["network", "rm", &self.name])
            .output();
    }
}

pub(crate) fn node_killed(row: &mut Row, scale: Scale) {
    if row.is_for_long(scale) {
        return;
    }
    if row.sandbox().is_none() {
        return;
    }
    let cluster = Cluster::start();
    let service = Service::at(&cluster.endpoints[0]);
    wait_until_whole(&service);
    service.make_precious();
    let sandbox = Sandbox::without_engine();
    // Through one node, and through a node for each machine.
    for _ in 0..5 {
        let one = &cluster.endpoints[0];
        contest(row, &service, &[one.clone(), one.clone()]);
        contest(row, &service, &cluster.endpoints[..2]);
    }
    for node in [4, 3, 2] {
        row.trials += 1;
        row.passes(&mut service.command(&sandbox, "twenty_a"));
        let mut command = service.command(&sandbox, "chaos");
        let started = row.start(command.arg("--test-threads=8").env("SUITE_SECONDS", "3"));
        std::thread::sleep(Duration::from_secs(3));
        docker(&["kill", &cluster.container(node)]);
        // Tests may fail while the cluster finds out.
        row.finish(started);
        row.run(&mut service.command(&sandbox, "twenty_b"));
        docker(&["start", &cluster.container(node)]);
        std::thread::sleep(Duration::from_secs(15));
        // Whatever came back is deleted by the next runs.
        for _ in 0..2 {
            row.passes(&mut service.command(&sandbox, "twenty_a"));
        }
        only_the_precious_is_left(row, &service);
    }
    row.nothing_stays(&sandbox, false);
}
