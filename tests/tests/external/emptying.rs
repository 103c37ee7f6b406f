//! A bucket is deleted with everything in it, also where the server does not do that by itself.

use s3_test_suite::{Finished, Sandbox};

use crate::{
    proxy::{answer, in_front_of},
    service::{Service, command},
};

/// The service behind a proxy that does not let a bucket be deleted with its contents, as a server does that does not
/// know RustFS' header; the endpoint.
fn without_force(service: &Service) -> String {
    const REFUSAL: &str =
        "<Error><Code>BucketNotEmpty</Code><Message>It is not empty.</Message></Error>";
    in_front_of(service, |exchange| {
        let force =
            exchange.line().starts_with("DELETE ") && exchange.has("x-rustfs-force-delete: true");
        match force {
            true => answer("409 Conflict", REFUSAL),
            false => exchange.forward(),
        }
    })
}

fn assert_nothing_is_left(service: &Service, endpoint: &str) {
    let sandbox = Sandbox::without_engine();
    let mut command = command(&sandbox, "external", endpoint);
    command.args(["--exact", "fills_its_bucket"]);
    let finished: Finished = command.output().expect("the subject runs").into();
    assert_eq!(finished.passed().stderr, "");
    assert_eq!(sandbox.recorded_buckets().len(), 1);
    assert_eq!(service.buckets(), Vec::<String>::new());
}

#[test]
fn with_rustfs_header() {
    let Some(_) = Sandbox::new() else { return };
    let service = Service::rustfs();
    assert_nothing_is_left(&service, &service.endpoint);
}

#[test]
fn by_deleting_everything_in_it() {
    for service in Service::each() {
        assert_nothing_is_left(&service, &without_force(&service));
    }
}

/// Objects that stay are told, with the bucket; the server does not know the header, and nothing can be done.
#[test]
fn what_cannot_be_deleted_is_told() {
    let service = Service::embedded();
    let sandbox = Sandbox::without_engine();
    let endpoint = without_force(&service);
    let mut command = command(&sandbox, "external", &endpoint);
    command.args(["--exact", "locks_an_object"]);
    let finished: Finished = command.output().expect("the subject runs").into();
    let finished = finished.passed();
    let name = &sandbox.recorded_buckets()[0].1;
    let start = format!(
        "s3-test: warning: the bucket `{name}` was not deleted and stays until the tests run on this machine again: 403 \
         Forbidden: AccessDenied"
    );
    assert!(finished.stderr.starts_with(&start), "{}", finished.stderr);
    assert_eq!(service.buckets(), [name.as_str()]);
}
