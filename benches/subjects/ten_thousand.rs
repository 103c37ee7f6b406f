//! Ten thousand tests that do nothing, in groups of a thousand, a hundred and ten.

use s3_test::s3_test;
use s3_test_benches::repeat;

// Each level has names of its own, so that a filter chooses one group.
repeat!([k0 k1 k2 k3 k4 k5 k6 k7 k8 k9] {
    s3_test_benches::repeat!([h0 h1 h2 h3 h4 h5 h6 h7 h8 h9] {
        s3_test_benches::repeat!([t0 t1 t2 t3 t4 t5 t6 t7 t8 t9] {
            s3_test_benches::repeat!([e0 e1 e2 e3 e4 e5 e6 e7 e8 e9] {
                #[s3_test(backend = "embedded")]
                async fn empty() {}
            });
        });
    });
});
