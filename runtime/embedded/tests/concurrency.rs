//! Many clients at once on the embedded server: nothing is lost, nothing is torn.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod support;

use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, future::join_all, stream};
use object_store::{
    Error, ObjectStore, ObjectStoreExt, PutMode, PutOptions, UpdateVersion,
    multipart::MultipartStore, path::Path,
};
use std::{sync::Arc, time::Duration};
use support::Fixture;

const TASKS: usize = 64;
const INCREMENTS: usize = 1000;

#[tokio::test(flavor = "multi_thread")]
async fn compare_and_swap_loses_no_increment() {
    let fixture = Fixture::new().await;
    let store = Arc::new(fixture.store());
    let path = Path::from("counter");
    store.put(&path, "0".into()).await.unwrap();
    let tasks = (0..TASKS).map(|task| {
        let (store, path) = (store.clone(), path.clone());
        // 1,000 in total, shared out among the tasks.
        let share = INCREMENTS / TASKS + usize::from(task < INCREMENTS % TASKS);
        tokio::spawn(async move {
            let mut retries = 0_usize;
            for _ in 0..share {
                loop {
                    let got = store.get(&path).await.unwrap();
                    let version = UpdateVersion {
                        e_tag: got.meta.e_tag.clone(),
                        version: None,
                    };
                    let count: usize = String::from_utf8(got.bytes().await.unwrap().into())
                        .unwrap()
                        .parse()
                        .unwrap();
                    let options = PutOptions::from(PutMode::Update(version));
                    match store
                        .put_opts(&path, (count + 1).to_string().into(), options)
                        .await
                    {
                        Ok(_) => break,
                        // Who lost waits a little, each for a time of its own: all at once would only lose again.
                        Err(Error::Precondition { .. }) => {
                            retries += 1;
                            let wait = (task * 7 + retries * 13) % 100;
                            tokio::time::sleep(Duration::from_millis(wait as u64)).await;
                        }
                        Err(error) => panic!("{error}"),
                    }
                }
            }
            retries
        })
    });
    let retries: usize = join_all(tasks).await.into_iter().map(Result::unwrap).sum();
    let last = store.get(&path).await.unwrap().bytes().await.unwrap();
    assert_eq!(last, Bytes::from(INCREMENTS.to_string()));
    // Otherwise they never met, and the test would show nothing.
    assert!(retries > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_many_creates_wins() {
    let fixture = Fixture::new().await;
    let store = Arc::new(fixture.store());
    for round in 0..10 {
        let path = Path::from(format!("one/{round}"));
        let tasks = (0..TASKS).map(|task| {
            let (store, path) = (store.clone(), path.clone());
            tokio::spawn(async move {
                store
                    .put_opts(&path, task.to_string().into(), PutMode::Create.into())
                    .await
                    .map(|_| task)
            })
        });
        let done = join_all(tasks)
            .await
            .into_iter()
            .map(Result::unwrap)
            .collect::<Vec<_>>();
        let winners = done
            .iter()
            .filter_map(|done| done.as_ref().ok())
            .collect::<Vec<_>>();
        assert_eq!(winners.len(), 1, "{winners:?}");
        assert!(
            done.iter()
                .all(|done| matches!(done, Ok(_) | Err(Error::AlreadyExists { .. })))
        );
        let stored = store.get(&path).await.unwrap().bytes().await.unwrap();
        assert_eq!(stored, Bytes::from(winners[0].to_string()));
    }
}

/// Completions of two uploads, deletions and reads of one key at once: a reader sees all of one upload or nothing.
#[tokio::test(flavor = "multi_thread")]
async fn no_reader_sees_a_torn_object() {
    let fixture = Fixture::new().await;
    let store = Arc::new(fixture.store());
    let path = Path::from("torn");
    const PART: usize = 5 << 20;
    for _ in 0..3 {
        let mut uploads = Vec::new();
        for byte in [b'a', b'b'] {
            let id = store.create_multipart(&path).await.unwrap();
            let first = store
                .put_part(&path, &id, 0, vec![byte; PART].into())
                .await
                .unwrap();
            let second = store
                .put_part(&path, &id, 1, vec![byte; 7].into())
                .await
                .unwrap();
            uploads.push((id, vec![first, second]));
        }
        let completions = uploads.into_iter().map(|(id, parts)| {
            let (store, path) = (store.clone(), path.clone());
            tokio::spawn(async move {
                store
                    .complete_multipart(&path, &id, parts)
                    .await
                    .map(|_| ())
            })
        });
        let deletions = (0..8).map(|_| {
            let (store, path) = (store.clone(), path.clone());
            tokio::spawn(async move { store.delete(&path).await })
        });
        let readers = (0..8).map(|_| {
            let (store, path) = (store.clone(), path.clone());
            tokio::spawn(async move {
                let Ok(got) = store.get(&path).await else {
                    return Ok(());
                };
                let (size, bytes) = (got.meta.size, got.bytes().await?);
                assert_eq!((size, bytes.len()), ((PART + 7) as u64, PART + 7));
                assert!(bytes.iter().all(|byte| *byte == bytes[0]), "torn");
                Ok(())
            })
        });
        let tasks = completions
            .chain(deletions)
            .chain(readers)
            .collect::<Vec<_>>();
        for done in join_all(tasks).await {
            done.unwrap().unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_written_is_listed() {
    let fixture = Fixture::new().await;
    let store = Arc::new(fixture.store());
    let writes = (0..500).map(|number| {
        let store = store.clone();
        async move {
            let path = Path::from(format!("dir/{number:03}"));
            store.put(&path, "x".into()).await.unwrap();
            let listed = store
                .list(Some(&Path::from("dir")))
                .try_collect::<Vec<_>>()
                .await
                .unwrap();
            assert!(listed.iter().any(|meta| meta.location == path));
        }
    });
    stream::iter(writes)
        .buffer_unordered(16)
        .collect::<Vec<()>>()
        .await;
}
