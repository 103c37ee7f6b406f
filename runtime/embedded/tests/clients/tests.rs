//! Every client against the embedded server.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

use s3_test_embedded::Server;
use s3_test_embedded_clients::{Place, aws_sdk_s3, boto3, has_boto3, opendal, rusty_s3};
use tokio::runtime::Handle;

const KEY: &str = "KEY";
const SECRET: &str = "SECRET";

macro_rules! on_the_embedded_server {
    ($($client:ident $(if $is_there:ident)?),*) => {$(
        mod $client {
            use super::*;

            #[tokio::test]
            async fn on_the_embedded_server() {
                $(if !$is_there() {
                    return;
                })?
                let builder = Server::builder().user(KEY, SECRET);
                let server = builder.start(&Handle::current()).unwrap();
                server.create_bucket(KEY, "bucket").unwrap();
                let place = Place {
                    endpoint: server.endpoint(),
                    key: KEY,
                    secret: SECRET,
                    bucket: "bucket",
                    keys: 2500,
                    heads_parts: true,
                };
                super::$client(&place).await;
            }
        }
    )*};
}

on_the_embedded_server! { aws_sdk_s3, boto3 if has_boto3, opendal, rusty_s3 }
