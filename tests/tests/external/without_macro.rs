//! Buckets by `s3_test::bucket()` on a service that somebody else runs.

use std::{
    fs,
    time::{Duration, SystemTime},
};

use s3_test_suite::{Finished, Running, Sandbox};

use crate::service::{on_each, state};

#[test]
fn its_buckets_go_and_no_other() {
    on_each(|service| {
        service.make_precious();
        let sandbox = Sandbox::without_engine();
        for mode in ["exit", "runtimes", "turns", "cancelled"] {
            service.run(&sandbox, "without_macro", &[mode]).passed();
            assert_eq!(service.buckets(), ["precious"], "{mode}");
        }
        let child = Running::start(service.command(&sandbox, "without_macro").arg("hold"));
        let seen = sandbox.recorded_buckets().len();
        sandbox.wait_for_buckets(seen + 1);
        child.kill();
        assert_eq!(service.buckets().len(), 2);
        service.run(&sandbox, "without_macro", &["exit"]).passed();
        assert_eq!(service.buckets(), ["precious"]);
        assert_eq!(state(&sandbox), ["identity"]);
        service.assert_precious_is_whole();
    });
}

/// They stay for the next run, and a run that comes an hour after the last use deletes them.
#[test]
fn shared_data_sets_are_swept_when_nobody_uses_them_any_more() {
    let data = tempfile::tempdir().expect("a folder");
    fs::write(data.path().join("file"), "content").expect("written");
    on_each(|service| {
        service.make_precious();
        let (ours, theirs) = (Sandbox::without_engine(), Sandbox::without_engine());
        let run = |sandbox: &Sandbox, mode: &str| {
            let mut command = service.command(sandbox, "without_macro");
            let output = command.arg(mode).env("SUITE_DATA", data.path()).output();
            Finished::from(output.expect("the subject runs")).passed();
        };
        run(&ours, "shared");
        run(&theirs, "shared");
        assert_eq!(service.buckets().len(), 3, "one for each machine");
        run(&ours, "exit");
        run(&ours, "shared");
        assert_eq!(service.buckets().len(), 3);
        let locks = state(&ours)
            .into_iter()
            .filter(|name| name.starts_with("data-"));
        let locks: Vec<String> = locks.collect();
        assert_eq!(locks.len(), 1);
        let lock = ours.state_directory().join(&locks[0]);
        let lock = fs::File::options()
            .append(true)
            .open(lock)
            .expect("the lock");
        let long_ago = SystemTime::now() - Duration::from_secs(2 * 3600);
        lock.set_modified(long_ago).expect("set");
        run(&ours, "exit");
        assert_eq!(
            service.buckets().len(),
            2,
            "that of the other machine stays"
        );
        assert_eq!(state(&ours), ["identity"]);
        service.assert_precious_is_whole();
    });
}
