//! Tests of every type of one version of object_store.

/// The tests of one version on one server. They say everything with what all versions have.
macro_rules! store_tests {
    ($module:ident, $object_store:ident, $($backend:tt)*) => {
        mod $module {
            use std::{collections::HashMap, sync::Arc, time::Duration};

            use futures_util::{StreamExt, TryStreamExt, stream};
            use s3_test::$object_store::{
                self as object_store, ClientOptions, GetOptions, ObjectStore, PutMultipartOptions,
                PutOptions, PutPayload,
                aws::{AmazonS3, AmazonS3Builder, AmazonS3ConfigKey},
                client::{HttpConnector, HttpRequest, HttpRequestBody, ReqwestConnector},
                list::{PaginatedListOptions, PaginatedListStore},
                multipart::MultipartStore,
                path::Path,
                signer::Signer,
            };
            use s3_test::{TestBucket, s3_test};

            /// One part of the least size that S3 takes, and a last one.
            fn parts() -> [Vec<u8>; 2] {
                [vec![1; 5 << 20], vec![2; 1000]]
            }

            async fn put(
                store: &dyn ObjectStore,
                key: &str,
                content: &'static str,
            ) -> object_store::Result<()> {
                store
                    .put_opts(&Path::from(key), content.into(), PutOptions::default())
                    .await?;
                Ok(())
            }

            async fn get(store: &dyn ObjectStore, key: &str) -> object_store::Result<Vec<u8>> {
                let got = store
                    .get_opts(&Path::from(key), GetOptions::default())
                    .await?;
                Ok(got.bytes().await?.to_vec())
            }

            /// Put, get, list, multipart, delete.
            async fn use_it(store: &dyn ObjectStore) -> object_store::Result<()> {
                put(store, "folder/a b+c", "content").await?;
                // Several pieces of memory that are one object.
                let pieces = PutPayload::from_iter(["one, ", "", "two"].map(bytes::Bytes::from));
                store
                    .put_opts(&Path::from("pieces"), pieces, PutOptions::default())
                    .await?;
                put(store, "empty", "").await?;
                assert_eq!(get(store, "folder/a b+c").await?, b"content");
                assert_eq!(get(store, "pieces").await?, b"one, two");
                assert_eq!(get(store, "empty").await?, b"");
                let missing = get(store, "missing").await.expect_err("it is not there");
                assert!(
                    matches!(missing, object_store::Error::NotFound { .. }),
                    "{missing}"
                );

                let mut upload = store
                    .put_multipart_opts(&Path::from("large"), PutMultipartOptions::default())
                    .await?;
                for part in parts() {
                    upload.put_part(part.into()).await?;
                }
                upload.complete().await?;
                assert!(get(store, "large").await? == parts().concat());

                let keys = async || -> object_store::Result<Vec<String>> {
                    let all: Vec<_> = store.list(None).try_collect().await?;
                    let mut keys: Vec<_> = all
                        .iter()
                        .map(|object| object.location.to_string())
                        .collect();
                    keys.sort();
                    Ok(keys)
                };
                assert_eq!(keys().await?, ["empty", "folder/a b+c", "large", "pieces"]);
                let condemned =
                    stream::iter(["empty", "large", "pieces"].map(|key| Ok(Path::from(key))))
                        .boxed();
                store
                    .delete_stream(condemned)
                    .try_collect::<Vec<_>>()
                    .await?;
                assert_eq!(keys().await?, ["folder/a b+c"]);
                Ok(())
            }

            #[s3_test($($backend)*)]
            async fn a_shared_store(store: Arc<dyn ObjectStore>) -> object_store::Result<()> {
                use_it(&*store).await
            }

            #[s3_test($($backend)*)]
            async fn a_boxed_store(store: Box<dyn ObjectStore>) -> object_store::Result<()> {
                use_it(&*store).await
            }

            #[s3_test($($backend)*)]
            async fn a_store(store: AmazonS3) -> object_store::Result<()> {
                use_it(&store).await
            }

            #[s3_test($($backend)*)]
            async fn a_shared_s3_store(store: Arc<AmazonS3>) -> object_store::Result<()> {
                use_it(&*store).await
            }

            #[s3_test($($backend)*)]
            async fn a_configuration(builder: AmazonS3Builder) -> object_store::Result<()> {
                use_it(&builder.build()?).await
            }

            #[s3_test($($backend)*)]
            async fn uploads_by_hand(
                store: Arc<dyn MultipartStore>,
                all: AmazonS3,
            ) -> object_store::Result<()> {
                let path = Path::from("large");
                let id = store.create_multipart(&path).await?;
                let mut ids = Vec::new();
                for (index, part) in parts().into_iter().enumerate() {
                    ids.push(store.put_part(&path, &id, index, part.into()).await?);
                }
                store.complete_multipart(&path, &id, ids).await?;
                assert!(get(&all, "large").await? == parts().concat());
                Ok(())
            }

            #[s3_test($($backend)*)]
            async fn pages(
                store: Arc<dyn PaginatedListStore>,
                all: AmazonS3,
            ) -> object_store::Result<()> {
                for key in ["a", "b", "c"] {
                    put(&all, key, "x").await?;
                }
                let (mut sizes, mut token) = (Vec::new(), None);
                loop {
                    let options = PaginatedListOptions {
                        max_keys: Some(2),
                        page_token: token,
                        ..Default::default()
                    };
                    let page = store.list_paginated(None, options).await?;
                    sizes.push(page.result.objects.len());
                    token = page.page_token;
                    if token.is_none() {
                        break;
                    }
                }
                assert_eq!(sizes, [2, 1]);
                Ok(())
            }

            #[s3_test($($backend)*)]
            async fn signed_addresses(
                signer: Arc<dyn Signer>,
                all: AmazonS3,
            ) -> object_store::Result<()> {
                put(&all, "signed", "content").await?;
                let path = Path::from("signed");
                let url = signer
                    .signed_url(http::Method::GET, &path, Duration::from_secs(60))
                    .await?;
                let mut request = HttpRequest::new(HttpRequestBody::empty());
                *request.uri_mut() = url.as_str().parse().expect("an address");
                let client = ReqwestConnector::default()
                    .connect(&ClientOptions::new().with_allow_http(true))?;
                let response = client.execute(request).await.expect("an answer");
                assert_eq!(response.status(), 200);
                assert_eq!(
                    response.into_body().bytes().await.expect("a body"),
                    "content"
                );
                Ok(())
            }

            /// Every key is one that this version knows, and together they open the bucket.
            #[s3_test(region = "eu-west-1", $($backend)*)]
            async fn storage_options(bucket: TestBucket) -> object_store::Result<()> {
                let mut builder = AmazonS3Builder::new();
                for (key, value) in bucket.storage_options() {
                    builder = builder.with_config(key.parse()?, value);
                }
                assert_eq!(
                    builder
                        .get_config_value(&AmazonS3ConfigKey::Region)
                        .as_deref(),
                    Some("eu-west-1")
                );
                use_it(&builder.build()?).await?;

                let address = format!("s3://{}/folder", bucket.name())
                    .parse()
                    .expect("an address");
                let options: HashMap<_, _> = bucket.storage_options();
                let (store, folder) = object_store::parse_url_opts(&address, options)?;
                assert_eq!(folder.as_ref(), "folder");
                assert_eq!(get(&*store, "folder/a b+c").await?, b"content");
                Ok(())
            }
        }
    };
}
