//! object_store's own integration tests, each against a fresh embedded server.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod embedded_support;

use embedded_support::Fixture;
use object_store::{Error, integration};

macro_rules! integration_tests {
    ($($name:ident($store:ident) $call:expr;)*) => {
        $(
            #[tokio::test]
            async fn $name() {
                let fixture = Fixture::new().await;
                let $store = &fixture.store();
                $call.await;
            }
        )*
    };
}

integration_tests! {
    put_get_delete_list(store) integration::put_get_delete_list(store);
    put_get_attributes(store) integration::put_get_attributes(store);
    get_opts(store) integration::get_opts(store);
    put_opts(store) integration::put_opts(store, true);
    stream_get(store) integration::stream_get(store);
    list_uses_directories_correctly(store) integration::list_uses_directories_correctly(store);
    list_with_delimiter(store) integration::list_with_delimiter(store);
    rename_and_copy(store) integration::rename_and_copy(store);
    copy_if_not_exists(store) integration::copy_if_not_exists(store);
    copy_rename_nonexistent_object(store) integration::copy_rename_nonexistent_object(store);
    multipart(store) integration::multipart(store, store);
    multipart_with_opts(store) integration::multipart_with_opts(store, store);
    multipart_put_part_out_of_order(store) integration::multipart_put_part_out_of_order(store, store);
    multipart_race_condition(store) integration::multipart_race_condition(store, true);
    multipart_out_of_order(store) integration::multipart_out_of_order(store);
    list_paginated(store) integration::list_paginated(store, store);
    list_with_offset_exclusivity(store) integration::list_with_offset_exclusivity(store);
}

#[tokio::test]
async fn get_nonexistent_object() {
    let fixture = Fixture::new().await;
    let error = integration::get_nonexistent_object(&fixture.store(), None)
        .await
        .unwrap_err();
    assert!(matches!(error, Error::NotFound { .. }), "{error}");
}
