//! Many cases of one test with `rstest`, each with a bucket of its own.
//!
//! `#[test_attr(s3_test)]` tells rstest to make each case a test of s3-test. Parameters that s3-test makes are marked
//! `#[ignore]` for rstest.

use std::sync::Arc;

use object_store::{ObjectStore, Result};
use rstest::rstest;
use s3_test::s3_test;
use s3_test_examples::uploads::UploadStorage;

#[rstest]
#[case::plain("report.pdf", "uploads/report.pdf")]
#[case::with_a_space("yearly report.pdf", "uploads/yearly report.pdf")]
#[case::not_ascii("Übersicht.pdf", "uploads/%C3%9Cbersicht.pdf")]
#[case::with_a_percent("100%.pdf", "uploads/100%25.pdf")]
#[test_attr(s3_test)]
async fn a_file_is_found_by_its_name(
    #[ignore] store: Arc<dyn ObjectStore>,
    #[case] name: &str,
    #[case] key: &str,
) -> Result<()> {
    let uploads = UploadStorage::new(store);
    assert_eq!(uploads.save(name, name).await?, key);
    assert_eq!(uploads.open(name).await?, name.as_bytes());
    Ok(())
}

/// Every combination of the values is a test.
#[rstest]
#[test_attr(s3_test(versioning = true))]
async fn the_last_content_counts(
    #[ignore] store: Arc<dyn ObjectStore>,
    #[values("a.txt", "b/c.txt")] name: &str,
    #[values(1, 3)] times: usize,
) -> Result<()> {
    let uploads = UploadStorage::new(store);
    for time in 1..=times {
        uploads.save(name, time.to_string()).await?;
    }
    assert_eq!(uploads.open(name).await?, times.to_string().as_bytes());
    Ok(())
}
