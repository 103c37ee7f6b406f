use s3_test_macros::s3_test;

const ONE_PUT: &str = "PutObject == 1";

#[s3_test(expect("PutObject == 1", "PutObjct == 1", "PutObject < 2"))]
async fn expectations() {}

#[s3_test(expect = "PutObject == 1")]
async fn a_value() {}

#[s3_test(expect(ONE_PUT))]
async fn a_constant() {}

#[s3_test(expect(1))]
async fn a_number() {}

#[s3_test(faults("PutObject: SlowDown x2", "PutObject SlowDown", "PutObject: SlowDwn", "Put: reset"))]
async fn faults() {}

#[s3_test(faults())]
async fn no_faults() {}

#[s3_test(expect("PutObject", "PutObject == two", "PutObject <=", "== 1", "Any == 1"))]
async fn incomplete_expectations() {}

#[s3_test(expect())]
async fn no_expectations() {}

#[s3_test(expect)]
async fn no_list() {}

#[s3_test(expect(PutObject == 1))]
async fn expectation_without_quotes() {}

#[s3_test(faults = "PutObject: SlowDown x2")]
async fn a_fault_as_a_value() {}

#[s3_test(faults(PutObject = "SlowDown"))]
async fn a_fault_as_an_option() {}

#[s3_test(faults(
    "PutObject:",
    "PutObject: SlowDown x0",
    "PutObject: 99",
    "PutObject: cut all",
    "PutObject: delay 50",
    "PutObject a b: reset",
    "PutObject: SlowDown twice",
))]
async fn incomplete_faults() {}

#[s3_test(expect("PutObject == 1"), faults("PutObject: reset"), expect("GetObject == 1"))]
async fn lists_twice() {}

#[s3_test]
async fn of_a_bucket(#[bucket(expect("PutObject == 1"), faults("PutObject: reset"))] _: u8) {}

fn main() {}
