//! Buckets by `s3_test::bucket()` on a service that somebody else runs.

use s3_test_suite::{Running, Sandbox};

use crate::service::{Service, state};

#[test]
fn its_buckets_go_and_no_other() {
    for service in Service::each() {
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
    }
}
