//! The price of requests.

use super::operation::Operation;

/// The list price of a thousand PUT, COPY, POST or LIST requests to S3 Standard in us-east-1, in dollars.
const WRITE_PRICE: f64 = 0.005;
/// The list price of a thousand GET and other requests there, in dollars.
const READ_PRICE: f64 = 0.0004;

/// Numbers of requests in each of S3's price classes.
///
/// ```
/// use s3_test::Requests;
///
/// fn is_cheap(requests: &Requests) -> bool {
///     let cost = requests.cost();
///     // At us-east-1's list price, and at a price of one's own for a thousand requests.
///     cost.dollars() < 0.001 && cost.at(0.0054, 0.00043) < 0.001
/// }
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Cost {
    /// The number of PUT, COPY, POST and LIST requests.
    pub writes: usize,
    /// The number of GET and all other requests that cost something.
    pub reads: usize,
    /// The number of DELETE requests, which cost nothing.
    pub free: usize,
}

impl Cost {
    pub(super) fn of(operations: impl Iterator<Item = Operation>) -> Self {
        let mut cost = Self::default();
        for operation in operations {
            *cost.class(operation) += 1;
        }
        cost
    }

    /// Returns the price in dollars at the list price of S3 Standard in us-east-1: 0.005 for a thousand `writes`, 0.0004
    /// for a thousand `reads`.
    #[must_use]
    pub fn dollars(&self) -> f64 {
        self.at(WRITE_PRICE, READ_PRICE)
    }

    /// Returns the price where a thousand `writes` and a thousand `reads` cost so much.
    #[must_use]
    #[allow(clippy::cast_precision_loss)]
    pub fn at(&self, thousand_writes: f64, thousand_reads: f64) -> f64 {
        (self.writes as f64 * thousand_writes + self.reads as f64 * thousand_reads) / 1000.0
    }

    /// Returns the class by the operation's name, since names follow the methods that prices are given for.
    fn class(&mut self, operation: Operation) -> &mut usize {
        const WRITES: [&str; 9] = [
            "Put", "Copy", "Post", "List", "Create", "Complete", "Upload", "Restore", "Rename",
        ];
        let name = operation.name();
        // The only POST that deletes is priced as a DELETE.
        if name.starts_with("Delete") || name.starts_with("Abort") {
            &mut self.free
        } else if operation != Operation::CreateSession
            && WRITES.iter().any(|start| name.starts_with(start))
            || name.starts_with("Update")
        {
            &mut self.writes
        } else {
            &mut self.reads
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_priced_by_class() {
        use Operation::*;
        let cost = Cost::of(
            [
                PutObject,
                CopyObject,
                ListObjectsV2,
                CreateMultipartUpload,
                UploadPart,
                GetObject,
                HeadObject,
                DeleteObject,
                DeleteObjects,
            ]
            .into_iter(),
        );
        assert_eq!((cost.writes, cost.reads, cost.free), (5, 2, 2));
        assert!((cost.at(1000.0, 100.0) - 5.2).abs() < 1e-12);
        assert!((cost.dollars() - 0.000_025_8).abs() < 1e-12);
    }
}
