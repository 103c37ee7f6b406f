//! object_store's own integration functions, each in a bucket of its own. RustFS passes every one.

use std::sync::Arc;

use object_store::{ObjectStore, aws::AmazonS3, integration};
use s3_test::s3_test;

macro_rules! integration_tests {
    ($($name:ident($($argument:expr),*);)*) => {$(
        #[s3_test]
        async fn $name(store: AmazonS3) {
            integration::$name(&store, $($argument),*).await;
        }
    )*};
}

integration_tests! {
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

#[s3_test]
async fn get_nonexistent_object(store: Arc<dyn ObjectStore>) {
    let error = integration::get_nonexistent_object(&store, None)
        .await
        .unwrap_err();
    assert!(
        matches!(error, object_store::Error::NotFound { .. }),
        "{error}"
    );
}

#[s3_test]
async fn multipart(store: AmazonS3) {
    integration::multipart(&store, &store).await;
}

#[s3_test]
async fn multipart_with_opts(store: AmazonS3) {
    integration::multipart_with_opts(&store, &store).await;
}

#[s3_test]
async fn multipart_put_part_out_of_order(store: AmazonS3) {
    integration::multipart_put_part_out_of_order(&store, &store).await;
}

#[s3_test]
async fn list_paginated(store: AmazonS3) {
    integration::list_paginated(&store, &store).await;
}
