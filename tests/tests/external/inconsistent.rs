//! Services that do not always tell the truth about their buckets, as a cluster does while one of its nodes is away.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use s3_test_suite::{Finished, Running, Sandbox};

use crate::{
    proxy::{answer, in_front_of},
    service::{Service, command, state},
};

/// Runs a test that needs no bucket of this name, so that only the sweep can be what deletes one.
fn sweep(sandbox: &Sandbox, endpoint: &str) -> Finished {
    let mut command = command(sandbox, "twenty_a", endpoint);
    let output = command.args(["--exact", "a00"]).output();
    Finished::from(output.expect("the subject runs")).passed()
}

fn kill_while_it_holds(sandbox: &Sandbox, endpoint: &str, test: &str) -> String {
    let seen = sandbox.recorded_buckets().len();
    let child = Running::start(command(sandbox, "external", endpoint).args(["--exact", test]));
    sandbox.wait_for_buckets(seen + 1);
    child.kill();
    sandbox.recorded_buckets()[seen].1.clone()
}

/// Removes what a list of buckets tells of `bucket`.
fn without(list: String, bucket: &str) -> String {
    let name = format!("<Name>{bucket}</Name>");
    let buckets = list.split("<Bucket>");
    let kept: Vec<_> = buckets.filter(|entry| !entry.contains(&name)).collect();
    let mut list = kept.join("<Bucket>");
    if !list.contains("</Buckets>") {
        list.push_str("</Buckets></ListAllMyBucketsResult>");
    }
    list
}

/// The list of buckets lacks the killed test's bucket until `lies` is 0.
#[test]
fn a_bucket_that_is_missing_in_one_list_is_looked_for_again() {
    for test in ["holds_a_fresh_one", "holds_it"] {
        let service = Service::embedded();
        let lies = Arc::new(AtomicUsize::new(0));
        let left = lies.clone();
        let endpoint = in_front_of(&service, move |exchange| {
            let missing = if test == "holds_it" {
                "precious"
            } else {
                "holds-a-fresh-one"
            };
            let lie = left.load(Ordering::SeqCst) > 0;
            match exchange.line() {
                "GET /" if lie => exchange.forward_changed(|list| {
                    let name = list.split("<Name>").find(|rest| rest.contains(missing));
                    let name = name.and_then(|rest| rest.split("</Name>").next());
                    let name = name.unwrap_or_default().to_owned();
                    without(list, &name)
                }),
                line if lie && line.ends_with("precious?tagging") => answer(
                    "404 Not Found",
                    "<Error><Code>NoSuchBucket</Code><Message>It does not exist.</Message></Error>",
                ),
                _ => exchange.forward(),
            }
        });
        let sandbox = Sandbox::without_engine();
        let bucket = kill_while_it_holds(&sandbox, &endpoint, test);
        lies.store(1, Ordering::SeqCst);
        for _ in 0..2 {
            sweep(&sandbox, &endpoint);
            assert_eq!(service.buckets(), [bucket.as_str()]);
        }
        lies.store(0, Ordering::SeqCst);
        sweep(&sandbox, &endpoint);
        assert!(service.buckets().is_empty(), "{:?}", state(&sandbox));
        assert_eq!(state(&sandbox), ["identity"]);
    }
}

/// RustFS' clusters tell 1970 at first, and then the true date; and the other way round after a node has come back.
#[test]
fn a_date_that_changes_is_no_reason_to_forget() {
    for test in ["holds_a_fresh_one", "holds_it"] {
        for lies_first in [true, false] {
            let service = Service::embedded();
            let lies = Arc::new(AtomicUsize::new(usize::from(lies_first)));
            let left = lies.clone();
            let endpoint = in_front_of(&service, move |exchange| {
                let lie = left.load(Ordering::SeqCst) > 0;
                match exchange.line() {
                    "GET /" if lie => exchange.forward_changed(|list| {
                        let (start, rest) = match list.split_once("<CreationDate>") {
                            Some((start, rest)) => (start.to_owned(), rest.to_owned()),
                            None => return list,
                        };
                        let (_, end) = rest.split_once('<').expect("the end of a date");
                        format!("{start}<CreationDate>1970-01-01T00:00:00.000Z<{end}")
                    }),
                    // A service without tags has nothing but the date.
                    line if line.ends_with("?tagging") => crate::proxy::not_implemented(),
                    _ => exchange.forward(),
                }
            });
            let sandbox = Sandbox::without_engine();
            kill_while_it_holds(&sandbox, &endpoint, test);
            lies.store(usize::from(!lies_first), Ordering::SeqCst);
            sweep(&sandbox, &endpoint);
            lies.store(0, Ordering::SeqCst);
            sweep(&sandbox, &endpoint);
            // Nobody can tell whose a bucket with a chosen name is that never had a date.
            let left = usize::from(lies_first && test == "holds_it");
            assert_eq!(service.buckets().len(), left, "{test}, {lies_first}");
            assert_eq!(state(&sandbox), ["identity"]);
        }
    }
}

/// A deletion that is answered with success and did not last.
#[test]
fn a_deleted_bucket_that_comes_back_is_told_and_deleted_by_the_next_run() {
    for (test, subject) in [("a00", "twenty_a"), ("precious::uses_it", "external")] {
        let service = Service::embedded();
        let lies = Arc::new(AtomicUsize::new(0));
        let left = lies.clone();
        let endpoint = in_front_of(&service, move |exchange| {
            let line = exchange.line();
            let bucket = line.starts_with("DELETE /") && line.matches('/').count() == 1;
            let less = |count: usize| count.checked_sub(1);
            let lie = || {
                left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, less)
                    .is_ok()
            };
            match bucket && !line.contains('?') && lie() {
                true => answer("204 No Content", ""),
                false => exchange.forward(),
            }
        });
        let sandbox = Sandbox::without_engine();
        let run = || {
            let mut command = command(&sandbox, subject, &endpoint);
            let output = command.args(["--exact", test]).output();
            Finished::from(output.expect("the subject runs")).passed()
        };
        // Once: the end of the process sees it and deletes it again.
        lies.store(1, Ordering::SeqCst);
        assert_eq!(run().stderr, "");
        assert!(service.buckets().is_empty());
        // Twice: it is told, and the next run deletes it.
        lies.store(2, Ordering::SeqCst);
        let told = run().stderr;
        let left = service.buckets();
        assert_eq!(left.len(), 1);
        assert_eq!(
            told,
            format!(
                "s3-test: warning: 1 deleted bucket could not be verified to be gone from the S3 service at {endpoint}: it still \
                 lists them (`{}`). The next run on this machine looks again and deletes what is still there.\n",
                left[0]
            )
        );
        sweep(&sandbox, &endpoint);
        assert!(service.buckets().is_empty());
    }
}
