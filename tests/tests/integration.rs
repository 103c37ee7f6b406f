//! object_store's own integration functions, each in a bucket of its own: on the server that the environment decides upon,
//! which is RustFS where there is Docker, and on the embedded one. Both pass every one.

macro_rules! integration_tests {
    ($server:ident, #[$test:meta], $expected:expr) => {
        mod $server {
            use std::sync::Arc;

            use object_store::{ObjectStore, aws::AmazonS3, integration};
            use s3_test::{TestBucket, s3_test};
            use s3_test_suite::Server;

            integration_tests! {
                #[$test]
                put_get_delete_list();
                put_get_attributes();
                get_opts();
                put_opts(true);
                stream_get();
                list_uses_directories_correctly();
                list_with_delimiter();
                rename_and_copy();
                copy_if_not_exists();
                copy_rename_nonexistent_object();
                multipart_race_condition(true);
                multipart_out_of_order();
                list_with_offset_exclusivity();
            }

            #[$test]
            async fn get_nonexistent_object(store: Arc<dyn ObjectStore>) {
                let error = integration::get_nonexistent_object(&store, None).await.unwrap_err();
                assert!(matches!(error, object_store::Error::NotFound { .. }), "{error}");
            }

            #[$test]
            async fn multipart(store: AmazonS3) {
                integration::multipart(&store, &store).await;
            }

            #[$test]
            async fn multipart_with_opts(store: AmazonS3) {
                integration::multipart_with_opts(&store, &store).await;
            }

            #[$test]
            async fn multipart_put_part_out_of_order(store: AmazonS3) {
                integration::multipart_put_part_out_of_order(&store, &store).await;
            }

            #[$test]
            async fn list_paginated(store: AmazonS3) {
                integration::list_paginated(&store, &store).await;
            }

            #[$test]
            async fn the_server_is_the_one_that_was_asked_for(bucket: TestBucket) {
                assert_eq!(bucket.backend().name(), $expected.name());
            }
        }
    };
    (#[$test:meta] $($name:ident($($argument:expr),*);)*) => {$(
        #[$test]
        async fn $name(store: AmazonS3) {
            integration::$name(&store, $($argument),*).await;
        }
    )*};
}

integration_tests!(
    on_the_server_of_the_environment,
    #[s3_test],
    Server::of_the_environment()
);
integration_tests!(
    on_the_embedded_server,
    #[s3_test(backend = "embedded")],
    Server::Embedded
);

// Once more through the gateway, which an expectation puts in front of the server.
integration_tests!(
    through_the_gateway_on_the_server_of_the_environment,
    #[s3_test(expect("PutObject >= 0"))],
    Server::of_the_environment()
);
integration_tests!(
    through_the_gateway_on_the_embedded_server,
    #[s3_test(backend = "embedded", expect("PutObject >= 0"))],
    Server::Embedded
);
