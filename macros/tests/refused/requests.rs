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

fn main() {}
