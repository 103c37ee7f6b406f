//! Tests of the questions on real Parquet files, and of what they cost.

use datafusion::error::Result;
use example_datafusion_query::{Trips, connect};
use s3_test::{Operation, Requests, TestBucket, s3_test};

/// Writes one Parquet file of a hundred trips for each of three months.
async fn write_trips(bucket: &TestBucket) -> Result<String> {
    let address = format!("s3://{}/trips/", bucket.name());
    let context = connect(&address, bucket.storage_options())?;
    for month in 1..=3 {
        let file = format!(
            "COPY (SELECT value % 10 AS place, value * 1.5 AS distance FROM generate_series(1, 100)) \
             TO '{address}{month}.parquet' STORED AS PARQUET"
        );
        context.sql(&file).await?.collect().await?;
    }
    Ok(address)
}

#[s3_test]
async fn trips_from_a_place_are_counted(bucket: TestBucket) -> Result<()> {
    let address = write_trips(&bucket).await?;
    let trips = Trips::open(&address, bucket.storage_options()).await?;
    assert_eq!(trips.count_from(7).await?, 30);
    assert_eq!(trips.count_from(77).await?, 0);
    Ok(())
}

/// The number of requests is what a question costs, in time and in money.
#[s3_test]
async fn a_question_reads_each_file_a_fixed_number_of_times(
    bucket: TestBucket,
    requests: Requests,
) -> Result<()> {
    let address = write_trips(&bucket).await?;
    let trips = Trips::open(&address, bucket.storage_options()).await?;
    requests.take();
    trips.count_from(7).await?;
    let gets = requests.operation(Operation::GetObject);
    assert_eq!(gets.count(), 3, "{requests}");
    Ok(())
}
