//! OpenDAL.

use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt, stream};
use opendal::{ErrorKind, Operator, services::S3};

use crate::{MIB, PAGE, Place, large, plain::Plain};

/// Uses a bucket by OpenDAL.
pub async fn opendal(place: &Place<'_>) {
    let builder = S3::default()
        .endpoint(place.endpoint)
        .bucket(place.bucket)
        .region("us-east-1")
        .access_key_id(place.key)
        .secret_access_key(place.secret)
        .disable_config_load()
        .disable_ec2_metadata();
    let operator = Operator::new(builder).unwrap();

    operator.write("dir/ä b+c", "0123456789").await.unwrap();
    assert_eq!(
        operator.read("dir/ä b+c").await.unwrap().to_vec(),
        b"0123456789"
    );
    assert_eq!(
        operator
            .read_with("dir/ä b+c")
            .range(2..5)
            .await
            .unwrap()
            .to_vec(),
        b"234"
    );
    assert_eq!(
        operator.read("none").await.unwrap_err().kind(),
        ErrorKind::NotFound
    );

    let mut writer = operator.writer_with("large").chunk(5 * MIB).await.unwrap();
    writer.write(large()).await.unwrap();
    writer.close().await.unwrap();
    let stat = operator.stat("large").await.unwrap();
    assert_eq!(stat.content_length(), large().len() as u64);
    assert!(stat.etag().unwrap().ends_with("-3\""), "{:?}", stat.etag());
    assert_eq!(operator.read("large").await.unwrap().to_vec(), large());

    operator.copy("large", "copy").await.unwrap();
    assert_eq!(operator.read("copy").await.unwrap().to_vec(), large());

    let puts = stream::iter(0..place.keys).map(|number| {
        let operator = operator.clone();
        async move { operator.write(&format!("many/{number:04}"), "x").await }
    });
    puts.buffer_unordered(8)
        .try_collect::<Vec<_>>()
        .await
        .unwrap();
    let listed = operator
        .lister_with("many/")
        .limit(PAGE)
        .await
        .unwrap()
        .try_collect::<Vec<_>>()
        .await
        .unwrap();
    let keys = listed
        .iter()
        .map(|entry| entry.path().to_owned())
        .filter(|path| !path.ends_with('/'))
        .collect::<Vec<_>>();
    assert_eq!(keys.len(), place.keys);
    assert!(keys.is_sorted());
    operator.delete_iter(keys).await.unwrap();
    assert!(!operator.exists("many/0000").await.unwrap());

    let put = operator
        .presign_write("signed", Duration::from_secs(60))
        .await
        .unwrap();
    let anybody = Plain::new();
    anybody
        .send(put.method().clone(), &put.uri().to_string(), &[], "signed")
        .await
        .ok();
    let get = operator
        .presign_read("signed", Duration::from_secs(60))
        .await
        .unwrap();
    assert_eq!(
        anybody
            .send(get.method().clone(), &get.uri().to_string(), &[], "")
            .await
            .text(),
        "signed"
    );

    operator
        .write_with("once", "1")
        .if_not_exists(true)
        .await
        .unwrap();
    let refused = operator
        .write_with("once", "2")
        .if_not_exists(true)
        .await
        .unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::ConditionNotMatch);
}
