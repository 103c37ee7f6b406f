//! Tests of the cache. The operator is a parameter, configured for the test's bucket.

use example_opendal::PageCache;
use opendal::{Operator, Result};
use s3_test::{Operation, Requests, s3_test};

#[s3_test]
async fn a_page_is_rendered_once(operator: Operator, requests: Requests) -> Result<()> {
    let cache = PageCache::new(operator);
    let rendered = cache.page("home", || "<h1>Home</h1>".to_owned()).await?;
    let again = cache.page("home", || unreachable!("it is in the cache")).await?;
    assert_eq!(rendered, again);
    assert_eq!(requests.operation(Operation::PutObject).count(), 1);
    Ok(())
}

#[s3_test]
async fn a_cleared_cache_renders_anew(operator: Operator) -> Result<()> {
    let cache = PageCache::new(operator);
    cache.page("home", || "old".to_owned()).await?;
    cache.page("a/deep/one", || "old".to_owned()).await?;
    cache.clear().await?;
    assert_eq!(cache.page("home", || "new".to_owned()).await?, "new");
    assert_eq!(cache.page("a/deep/one", || "new".to_owned()).await?, "new");
    Ok(())
}
