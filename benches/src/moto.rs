//! Moto's server, if it is installed.

use std::{
    net::TcpListener,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use tokio::runtime;

use crate::s3;

/// The time that Python may take to start.
const LIMIT: Duration = Duration::from_secs(60);

/// A process of `moto_server`, which ends with this value.
#[derive(Debug)]
pub struct Moto {
    process: Child,
    /// `http://127.0.0.1:PORT`.
    pub endpoint: String,
}

impl Moto {
    /// Starts a server and waits until it answers.
    ///
    /// # Errors
    ///
    /// If it is not installed, or does not start.
    ///
    /// # Panics
    ///
    /// When there is no free port.
    pub fn start() -> Result<Self, String> {
        let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        let port = free.expect("a free port").port();
        let process = Command::new("moto_server")
            .args(["--host", "127.0.0.1", "--port", &port.to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| {
                format!("`moto_server` was not started: {error}; install it with pip")
            })?;
        let mut moto = Self {
            process,
            endpoint: format!("http://127.0.0.1:{port}"),
        };
        moto.ready()?;
        Ok(moto)
    }

    fn ready(&mut self) -> Result<(), String> {
        let runtime = runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.expect("a runtime");
        let server = s3::Server::new(&self.endpoint);
        let started = Instant::now();
        while let Err(answer) = runtime.block_on(server.check()) {
            if let Ok(Some(status)) = self.process.try_wait() {
                return Err(format!("`moto_server` has ended: {status}; run it by hand"));
            }
            if started.elapsed() > LIMIT {
                return Err(format!("`moto_server` does not answer: {answer}"));
            }
            thread::sleep(Duration::from_millis(10));
        }
        Ok(())
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
