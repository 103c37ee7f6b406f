use super::*;
fn directory(name: &str) -> StateDirectory {
    let path = std::env::temp_dir().join(format!("s3-test-state-{name}-{}", std::process::id()));
    StateDirectory::open_at(&path).expect("a directory")
}

async fn lock(
    directory: &StateDirectory,
    holder: &str,
    limit: Duration,
) -> Result<FileLock, Error> {
    directory
        .lock("x.lock", "the bucket `x`", holder, limit)
        .await
}

#[tokio::test]
async fn a_lock_that_is_never_released_is_an_error_that_names_its_holder() {
    let directory = directory("busy");
    let held = lock(&directory, "the first test", Duration::from_secs(9))
        .await
        .expect("free");
    let error = lock(&directory, "the second test", Duration::from_millis(30))
        .await
        .expect_err("held");
    assert_eq!(
        error.to_string(),
        format!(
            "waited 30ms for the bucket `x`, held all the time by process {} (the first test). End that process if \
             it hangs, give its test a `timeout`, or use a bucket name of its own for each test.",
            std::process::id()
        )
    );
    drop(held);
    let _ = fs::remove_dir_all(directory.path);
}

#[tokio::test]
async fn a_lock_is_held_by_one_at_a_time_and_leaves_no_file() {
    let directory = directory("turns");
    let path = directory.path.clone();
    let directory: &'static StateDirectory = Box::leak(Box::new(directory));
    let inside = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let tasks: Vec<_> = (0..32)
        .map(|_| {
            let inside = inside.clone();
            tokio::spawn(async move {
                for _ in 0..20 {
                    let held = lock(directory, "a test", Duration::from_secs(60))
                        .await
                        .expect("a turn");
                    assert_eq!(inside.fetch_add(1, std::sync::atomic::Ordering::SeqCst), 0);
                    tokio::task::yield_now().await;
                    inside.fetch_sub(1, std::sync::atomic::Ordering::SeqCst);
                    drop(held);
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.expect("no two at once");
    }
    #[cfg(unix)]
    assert_eq!(directory.lock_names(""), ["identity"]);
    let _ = fs::remove_dir_all(path);
}

#[test]
fn a_note_stays_until_it_is_taken_back() {
    let directory = directory("notes");
    let lock = |holder| {
        directory
            .try_lock("x.lock", holder)
            .expect("no failure")
            .expect("free")
    };
    let mut first = lock("the first test, whose name is the longer one");
    assert_eq!(first.note(), None);
    first
        .set_note(Some("to do".to_owned()))
        .expect("it is written");
    drop(first);
    for holder in ["the second", "the third"] {
        assert_eq!(lock(holder).note(), Some("to do"));
    }
    let mut last = lock("the last");
    last.set_note(None).expect("it is taken back");
    drop(last);
    assert_eq!(lock("another").note(), None);
    #[cfg(unix)]
    assert_eq!(directory.lock_names(""), ["identity"]);
    let _ = fs::remove_dir_all(directory.path);
}

#[test]
fn the_last_share_becomes_a_lock() {
    let directory = directory("shares");
    let (first, second) = (directory.share("x.lock"), directory.share("x.lock"));
    let (first, second) = (first.expect("a share"), second.expect("another"));
    assert!(
        directory
            .try_lock("x.lock", "sweeping")
            .expect("no failure")
            .is_none()
    );
    assert!(first.alone().is_none());
    assert!(second.alone().is_some());
    assert!(
        directory
            .try_lock("x.lock", "sweeping")
            .expect("no failure")
            .is_some()
    );
    let _ = fs::remove_dir_all(directory.path);
}

#[test]
fn every_directory_has_an_identity_that_stays() {
    let (one, other) = (directory("one"), directory("other"));
    let again = StateDirectory::open_at(&one.path).expect("the same directory");
    assert_eq!(one.identity(), again.identity());
    assert_ne!(one.identity(), other.identity());
    let _ = fs::remove_dir_all(one.path);
    let _ = fs::remove_dir_all(other.path);
}

#[cfg(unix)]
#[test]
fn a_directory_that_somebody_else_may_have_prepared_is_refused() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = tempfile::tempdir().expect("a directory");
    let (target, link) = (folder.path().join("target"), folder.path().join("link"));
    fs::create_dir(&target).expect("a directory");
    symlink(&target, &link).expect("a link");
    let refused = StateDirectory::open_at(&link).expect_err("a link");
    assert_eq!(refused.to_string(), "it is a link");
    assert_eq!(fs::read_dir(&target).expect("the directory").count(), 0);

    let open = folder.path().join("open");
    fs::create_dir(&open).expect("a directory");
    fs::set_permissions(&open, fs::Permissions::from_mode(0o777)).expect("permissions");
    StateDirectory::open_at(&open).expect("a directory of this user");
    let mode = fs::metadata(&open)
        .expect("the directory")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o700);

    let theirs = folder.path().join("theirs");
    fs::create_dir(&theirs).expect("a directory");
    // Only root may give files away.
    if std::os::unix::fs::chown(&theirs, Some(12_345), None).is_ok() {
        let refused = StateDirectory::open_at(&theirs).expect_err("another's");
        assert_eq!(refused.to_string(), "it belongs to another user");
    }
}
