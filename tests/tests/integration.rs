//! object_store's own integration functions on both servers, each in a bucket of its own. RustFS and the embedded server
//! pass every one.

macro_rules! integration_tests {
    ($server:ident, $backend:literal) => {
        mod $server {
            use std::sync::Arc;

            use object_store::{ObjectStore, aws::AmazonS3, integration};
            use s3_test::{TestBucket, s3_test};

            integration_tests! {
                $backend:
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

            #[s3_test(backend = $backend)]
            async fn get_nonexistent_object(store: Arc<dyn ObjectStore>) {
                let error = integration::get_nonexistent_object(&store, None).await.unwrap_err();
                assert!(matches!(error, object_store::Error::NotFound { .. }), "{error}");
            }

            #[s3_test(backend = $backend)]
            async fn multipart(store: AmazonS3) {
                integration::multipart(&store, &store).await;
            }

            #[s3_test(backend = $backend)]
            async fn multipart_with_opts(store: AmazonS3) {
                integration::multipart_with_opts(&store, &store).await;
            }

            #[s3_test(backend = $backend)]
            async fn multipart_put_part_out_of_order(store: AmazonS3) {
                integration::multipart_put_part_out_of_order(&store, &store).await;
            }

            #[s3_test(backend = $backend)]
            async fn list_paginated(store: AmazonS3) {
                integration::list_paginated(&store, &store).await;
            }

            #[s3_test(backend = $backend)]
            async fn the_server_is_the_one_that_was_asked_for(bucket: TestBucket) {
                assert_eq!(bucket.backend().name(), $backend);
            }
        }
    };
    ($backend:literal: $($name:ident($($argument:expr),*);)*) => {$(
        #[s3_test(backend = $backend)]
        async fn $name(store: AmazonS3) {
            integration::$name(&store, $($argument),*).await;
        }
    )*};
}

integration_tests!(on_rustfs, "container");
integration_tests!(on_the_embedded_server, "embedded");
