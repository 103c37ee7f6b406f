//! Shared data sets: fixtures that are uploaded once for each server and content, and that tests only read.

use std::{collections::BTreeMap, fmt::Write as _, sync::Arc};

use aws_lc_rs::digest::{SHA256, digest};
use futures_util::TryStreamExt as _;
use object_store::ObjectStore as _;

use crate::{
    bucket::{Siblings, TestBucket, ownership},
    error::Error,
    fixtures::{self, Plan},
    server::Server,
    state::{FileLock, Share, StateDirectory, data_lock},
};

/// The beginning of the names of their buckets.
const PREFIX: &str = "s3-test-data";
/// The number of hexadecimal digits behind it.
const DIGITS: usize = 32;
/// The number of times that a test makes a data set anew which other tests damage.
const ATTEMPTS: usize = 3;

/// A data set, for as long as a test uses it.
pub(crate) struct DataSet {
    bucket: TestBucket,
    /// What was in it when the test began.
    listing: Listing,
    /// The right to read it, on a server that other tests use too.
    share: Option<Share>,
}

/// The size and the entity tag of each object.
type Listing = BTreeMap<String, (u64, Option<String>)>;

impl DataSet {
    /// Returns the data set of these fixtures, which is uploaded if it is not there.
    pub(super) async fn new(
        server: &Arc<Server>,
        prefix: &str,
        test_path: &str,
        plan: &Plan,
    ) -> Result<Self, Error> {
        let digest = fixtures::digest(plan).await?;
        let name = name(server, digest)?;
        let siblings = Siblings::new(prefix, test_path);
        let bucket = TestBucket::new(&name, server.clone(), siblings);
        let Some(identity) = server.shared_identity() else {
            create(&bucket, None).await?;
            fixtures::upload(plan, &bucket).await?;
            let listing = list(&bucket)
                .await
                .map_err(|message| unlisted(&bucket, message))?;
            return Ok(Self {
                bucket,
                listing,
                share: None,
            });
        };
        for _ in 0..ATTEMPTS {
            let share = data_lock::share(identity, &name).await?;
            if let Some(listing) = intact(&bucket, share.note().as_deref()).await {
                share.touch();
                return Ok(Self {
                    bucket,
                    listing,
                    share: Some(share),
                });
            }
            drop(share);
            let mut lock = data_lock::take(identity, &name, test_path).await?;
            // Another process may have made it meanwhile.
            if intact(&bucket, lock.note()).await.is_none() {
                lock = make(&bucket, lock, plan).await?;
            }
            drop(lock);
        }
        Err(Error::DataSetDamaged { bucket: name })
    }

    /// Returns the bucket that holds it.
    pub(super) fn bucket(&self) -> &TestBucket {
        &self.bucket
    }

    /// Finds out whether the data set is as it was.
    ///
    /// # Errors
    ///
    /// Says which objects changed.
    pub(crate) async fn verify(&self) -> Result<(), String> {
        let now = match list(&self.bucket).await {
            Ok(now) => now,
            Err(_) if self.bucket.server().is_lost() => return Ok(()),
            Err(message) => {
                return Err(self.changed(&format!("it cannot be listed any more ({message})")));
            }
        };
        let before = &self.listing;
        let gone = before.keys().filter(|key| !now.contains_key(*key));
        let gone = gone.map(|key| format!("`{key}` was deleted"));
        let written = now
            .iter()
            .filter_map(|(key, object)| match before.get(key) {
                None => Some(format!("`{key}` was added")),
                Some(known) if known != object => Some(format!("`{key}` was overwritten")),
                Some(_) => None,
            });
        let changes: Vec<String> = gone.chain(written).collect();
        match changes.as_slice() {
            [] => Ok(()),
            [first] => Err(self.changed(first)),
            [first, others @ ..] => {
                Err(self.changed(&format!("{first}, and {} more changed", others.len())))
            }
        }
    }

    fn changed(&self, what: &str) -> String {
        let other = match self.share {
            Some(_) => " It may have been another test that ran at the same time.",
            None => "",
        };
        format!(
            "the shared data set `{}` was written to: {what}. Shared data is for reading: remove `shared` from the test \
             that writes, or write to another bucket of the test.{other}",
            self.bucket.name()
        )
    }
}

/// Returns the name of the bucket. Other machines use other names on a service that they share.
fn name(server: &Server, mut content: Vec<u8>) -> Result<String, Error> {
    if server.shared_identity().is_some() {
        content.extend(StateDirectory::open()?.identity().as_bytes());
    }
    Ok(format!("{PREFIX}-{}", hexadecimal(&content)))
}

fn hexadecimal(content: &[u8]) -> String {
    let digest = digest(&SHA256, content);
    let bytes = &digest.as_ref()[..DIGITS / 2];
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn fingerprint(listing: &Listing) -> String {
    hexadecimal(format!("{listing:?}").as_bytes())
}

/// Returns the listing of a data set that is complete and undamaged.
async fn intact(bucket: &TestBucket, note: Option<&str>) -> Option<Listing> {
    let noted = ownership::completed(note?)?;
    let listing = list(bucket).await.ok()?;
    (fingerprint(&listing) == noted).then_some(listing)
}

async fn list(bucket: &TestBucket) -> Result<Listing, String> {
    let store = bucket.store().map_err(|error| error.to_string())?;
    let objects = store.list(None).map_ok(|object| {
        let key = object.location.to_string();
        (key, (object.size, object.e_tag))
    });
    let listed: Result<_, _> = objects.try_collect().await;
    listed.map_err(|error| error.to_string())
}

/// Makes a data set anew. A failure leaves none.
async fn make(bucket: &TestBucket, mut lock: FileLock, plan: &Plan) -> Result<FileLock, Error> {
    ownership::begin_anew(&mut lock);
    create(bucket, Some(&mut lock)).await?;
    let uploaded = fixtures::upload(plan, bucket).await;
    let listed = match uploaded {
        Ok(()) => list(bucket)
            .await
            .map_err(|message| unlisted(bucket, message)),
        Err(error) => Err(error),
    };
    match listed {
        Ok(listing) => {
            ownership::complete(&mut lock, &fingerprint(&listing));
            Ok(lock)
        }
        Err(error) => {
            let (server, name) = (bucket.server().clone(), bucket.name().to_owned());
            ownership::remove_in_background(server, name, lock);
            Err(error)
        }
    }
}

async fn create(bucket: &TestBucket, lock: Option<&mut FileLock>) -> Result<(), Error> {
    let (server, name) = (bucket.server(), bucket.name());
    // On an external service nobody else uses the name; on our own servers a killed upload may have left it.
    let chosen = !server.is_external();
    let created = ownership::create(server, name, lock, chosen).await;
    created.map_err(|failure| server.bucket_error(name.to_owned(), failure))
}

fn unlisted(bucket: &TestBucket, message: String) -> Error {
    Error::BucketRefused {
        endpoint: bucket.endpoint().to_owned(),
        bucket: bucket.name().to_owned(),
        message: format!("its objects cannot be listed: {message}"),
    }
}
