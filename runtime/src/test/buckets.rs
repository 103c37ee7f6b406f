//! The buckets of one test: created, filled and ready, and deleted again.

use std::{iter, path::Path, sync::Arc};

use s3_test_options::TABLE;

use http::StatusCode;

use super::data_set::DataSet;
use crate::{
    bucket::{Sibling, Siblings, TestBucket, ownership, sweep, unique_name},
    error::Error,
    fixtures::{self, Plan},
    options::{BucketName, BucketSettings, Keep, Settings},
    process::exit,
    s3::Failure,
    server::{self, Server},
    state::{FileLock, bucket_lock},
};

/// The number of servers that a test tries if they vanish under it.
const ATTEMPTS: usize = 3;

/// The buckets of a test, ready for its body.
pub(crate) struct Prepared {
    pub(crate) server: Arc<Server>,
    /// In the order in which the settings name them.
    pub(crate) buckets: Vec<BucketGuard>,
}

/// A bucket, for as long as a test uses it.
pub(crate) struct BucketGuard {
    pub(crate) bucket: TestBucket,
    keep: Keep,
    /// The right to use a bucket of this name, on a server that other tests use too.
    turn: Option<FileLock>,
    /// The data set in it, if it is shared. Such a bucket stays.
    pub(crate) data_set: Option<DataSet>,
}

/// Why a bucket is not ready.
enum Obstacle {
    /// The server went just when this test came, or is too busy to answer.
    Server(Error),
    Other(Error),
}

impl Prepared {
    /// `test_path` is the path of the function, and `package` the folder that fixtures are relative to.
    ///
    /// The futures are boxed, because debug builds keep several copies of each on the stack of every test.
    pub(crate) async fn new(
        test_path: &str,
        package: &Path,
        settings: &Settings,
    ) -> Result<Self, Arc<Error>> {
        // A missing file is told before anything is pulled or started.
        let mut plans = Vec::new();
        for bucket in &settings.buckets {
            plans.push(Box::pin(fixtures::plan(&bucket.fixtures, package)).await?);
        }
        let mut attempt = 1;
        loop {
            let server = Box::pin(server::acquire(settings.backend, &settings.server)).await?;
            if server.is_to_be_swept() {
                exit::spawn(sweep(server.clone()));
            }
            let mut prepared = Self {
                server: server.clone(),
                buckets: Vec::new(),
            };
            match Box::pin(prepared.fill(test_path, &settings.buckets, &plans)).await {
                Ok(()) => return Ok(prepared),
                Err(obstacle) => {
                    prepared.clean_up(|_| false);
                    match obstacle {
                        Obstacle::Server(_) if attempt < ATTEMPTS => {
                            server.check_alive().await;
                            attempt += 1;
                        }
                        Obstacle::Server(error) | Obstacle::Other(error) => {
                            return Err(Arc::new(error));
                        }
                    }
                }
            }
        }
    }

    async fn fill(
        &mut self,
        test_path: &str,
        buckets: &[BucketSettings],
        plans: &[Plan],
    ) -> Result<(), Obstacle> {
        let named = buckets.iter().map(|bucket| match &bucket.name {
            // Its name is known when its files are read.
            _ if bucket.shared => (String::new(), bucket),
            BucketName::Exactly(name) => (name.clone(), bucket),
            BucketName::Fresh(prefix) => (unique_name(prefix, test_path), bucket),
        });
        let named: Vec<_> = named.collect();
        let mut turns = turns(&self.server, test_path, &named)
            .await
            .map_err(Obstacle::Other)?;
        for ((name, settings), plan) in named.into_iter().zip(plans) {
            if settings.shared {
                let guard = share(&self.server, test_path, plan, settings).await?;
                self.buckets.push(guard);
                continue;
            }
            let turn = turns.iter_mut().find(|(of, _)| *of == name);
            let mut turn = turn.and_then(|(_, turn)| turn.take());
            let chosen = matches!(settings.name, BucketName::Exactly(_));
            let created = ownership::create(&self.server, &name, turn.as_mut(), chosen).await;
            created.map_err(|failure| obstacle(&self.server, &name, failure))?;
            let siblings = Siblings::new(prefix(settings), test_path);
            let bucket = TestBucket::new(&name, self.server.clone(), siblings);
            let keep = settings.keep;
            self.buckets.push(BucketGuard {
                bucket: bucket.clone(),
                keep,
                turn,
                data_set: None,
            });
            if settings.versioning {
                let switched_on = self.server.admin.enable_versioning(&name).await;
                switched_on.map_err(|failure| without_versions(&self.server, &name, failure))?;
            }
            fixtures::upload(plan, &bucket)
                .await
                .map_err(Obstacle::Other)?;
        }
        Ok(())
    }

    /// Finds out whether the shared data sets are as they were.
    ///
    /// # Errors
    ///
    /// Says which object of which one changed.
    pub(crate) async fn verify_data_sets(&self) -> Result<(), String> {
        for data_set in self
            .buckets
            .iter()
            .filter_map(|held| held.data_set.as_ref())
        {
            data_set.verify().await?;
        }
        Ok(())
    }

    /// Deletes the buckets in the background, but for those that are to be kept. A bucket's turn ends with it, so that
    /// the next test that uses the same name waits, and no other. What a test has to itself goes with its last handle.
    pub(crate) fn clean_up(self, kept: impl Fn(&BucketGuard) -> bool) {
        for held in self.buckets {
            let keep = kept(&held);
            let BucketGuard { bucket, turn, .. } = held;
            let siblings = bucket.siblings().close();
            let of_siblings = siblings
                .into_iter()
                .map(|Sibling { name, lock }| (name, lock));
            let own = iter::once((bucket.name().to_owned(), turn));
            for (name, turn) in own.chain(of_siblings) {
                let server = bucket.server().clone();
                match turn {
                    None => {}
                    Some(turn) if keep => ownership::keep(&server, turn),
                    Some(turn) => ownership::remove_in_background(server, name, turn),
                }
            }
        }
    }
}

impl BucketGuard {
    /// Returns true if the option `keep` asks for the bucket after this outcome.
    pub(crate) fn is_to_be_kept(&self, failed: bool) -> bool {
        match self.keep {
            Keep::Never => false,
            Keep::OnFailure => failed,
            Keep::Always => true,
        }
    }

    /// Returns true if the bucket stays. The embedded server keeps nothing.
    pub(crate) fn is_kept(&self, failed: bool) -> bool {
        self.is_to_be_kept(failed) && self.turn.is_some()
    }
}

/// Returns the bucket of a shared data set.
async fn share(
    server: &Arc<Server>,
    test_path: &str,
    plan: &Plan,
    settings: &BucketSettings,
) -> Result<BucketGuard, Obstacle> {
    let data_set = DataSet::new(server, prefix(settings), test_path, plan);
    let data_set = data_set.await.map_err(Obstacle::Other)?;
    Ok(BucketGuard {
        bucket: data_set.bucket().clone(),
        keep: settings.keep,
        turn: None,
        data_set: Some(data_set),
    })
}

/// Waits until nobody else uses a bucket of these names. Taken in the order of the names, since two tests that wait for
/// each other would wait for ever.
async fn turns(
    server: &Server,
    test_path: &str,
    named: &[(String, &BucketSettings)],
) -> Result<Vec<(String, Option<FileLock>)>, Error> {
    let mut turns: Vec<(String, Option<FileLock>)> = Vec::new();
    let Some(identity) = server.shared_identity() else {
        return Ok(turns);
    };
    let own = named.iter().filter(|(_, settings)| !settings.shared);
    let mut names: Vec<&String> = own.map(|(name, _)| name).collect();
    names.sort_unstable();
    for name in names {
        let turn = bucket_lock::take(identity, name, test_path).await?;
        turns.push((name.clone(), Some(turn)));
    }
    Ok(turns)
}

/// Returns why the versioning of a bucket was not switched on.
fn without_versions(server: &Server, name: &str, failure: Failure) -> Obstacle {
    match failure {
        Failure::Refused(StatusCode::NOT_IMPLEMENTED | StatusCode::METHOD_NOT_ALLOWED, _) => {
            Obstacle::Other(Error::VersioningMissing {
                endpoint: server.endpoint.clone(),
                message: failure.to_string(),
            })
        }
        failure => obstacle(server, name, failure),
    }
}

/// Returns the beginning of the names of a bucket's siblings.
fn prefix(settings: &BucketSettings) -> &str {
    match &settings.name {
        BucketName::Fresh(prefix) => prefix,
        BucketName::Exactly(_) => TABLE.bucket_prefix.default.value.unwrap_or_default(),
    }
}

fn obstacle(server: &Server, name: &str, failure: Failure) -> Obstacle {
    let passing = matches!(failure, Failure::Unreachable(_) | Failure::NoAnswer(_));
    let error = server.bucket_error(name.to_owned(), failure);
    if passing {
        Obstacle::Server(error)
    } else {
        Obstacle::Other(error)
    }
}
