//! Lifecycle configurations: accepted and refused ones.

use crate::support::{Client, Fixture};

const DAYS: &str = "<Expiration><Days>3</Days></Expiration>";
const NONE: &str = "<Filter/>";
const TAG: &str = "<Tag><Key>k</Key><Value>v</Value></Tag>";

fn rule(rest: &str) -> String {
    format!("<Rule><Status>Enabled</Status>{rest}</Rule>")
}

async fn put(client: &Client, rules: &str) -> (u16, String, String) {
    let document = format!("<LifecycleConfiguration>{rules}</LifecycleConfiguration>");
    let answer = client.put("/bucket?lifecycle", &[], document).await;
    let (status, code) = answer.error();
    let message = answer.element("Message").unwrap_or_default();
    (status, code, message.replace("&apos;", "'"))
}

#[tokio::test]
async fn rules_that_do_not_fit_the_schema() {
    let f = Fixture::new().await;
    for rules in [
        String::new(),
        rule(DAYS),
        rule(&format!("{NONE}<Prefix/>{DAYS}")),
        rule(&format!("{NONE}{DAYS}")).replace("Enabled", "On"),
        rule(&format!("<Filter><Prefix>a</Prefix>{TAG}</Filter>{DAYS}")),
        rule(&format!(
            "<Filter>{TAG}<ObjectSizeLessThan>9</ObjectSizeLessThan></Filter>{DAYS}"
        )),
        rule(&format!("<Filter><And>{TAG}</And></Filter>{DAYS}")),
        rule(&format!(
            "<Filter><Tag><Value>v</Value></Tag></Filter>{DAYS}"
        )),
        rule(&format!("{NONE}<Expiration/>")),
        rule(&format!(
            "{NONE}<Expiration><Days>3</Days><Date>2040-01-01T00:00:00Z</Date></Expiration>"
        )),
        rule(&format!(
            "{NONE}<Expiration><Days>3</Days><ExpiredObjectDeleteMarker>true</ExpiredObjectDeleteMarker></Expiration>"
        )),
        rule(&format!("{NONE}<Transition><Days>40</Days></Transition>")),
        rule(&format!(
            "{NONE}<Transition><StorageClass>GLACIER</StorageClass></Transition>"
        )),
        rule(&format!(
            "{NONE}<Transition><Days>40</Days><StorageClass>COLD</StorageClass></Transition>"
        )),
        rule(&format!(
            "{NONE}<NoncurrentVersionTransition><StorageClass>GLACIER</StorageClass></NoncurrentVersionTransition>"
        )),
        rule(&format!("{NONE}<NoncurrentVersionExpiration/>")),
        rule(&format!("{NONE}<AbortIncompleteMultipartUpload/>")),
        rule(&format!("{NONE}{DAYS}")).repeat(1001),
    ] {
        let (status, code, _) = put(&f.client, &rules).await;
        assert_eq!((status, code.as_str()), (400, "MalformedXML"), "{rules}");
    }
    assert_eq!(f.client.get("/bucket?lifecycle", &[]).await.status, 404);
}

#[tokio::test]
async fn rules_that_make_no_sense() {
    let f = Fixture::new().await;
    let named = |id: &str| rule(&format!("<ID>{id}</ID>{NONE}{DAYS}"));
    for (rules, code, message) in [
        (
            named("a").repeat(2),
            "InvalidArgument",
            "Rule ID must be unique. Found same ID for more than one rule",
        ),
        (
            named(&"a".repeat(256)),
            "InvalidArgument",
            "ID length should not exceed allowed limit of 255",
        ),
        (
            rule(&format!("{NONE}{}", DAYS.replace('3', "0"))),
            "InvalidArgument",
            "'Days' for Expiration action must be a positive integer",
        ),
        (
            rule(&format!(
                "{NONE}<NoncurrentVersionExpiration><NoncurrentDays>0</NoncurrentDays></NoncurrentVersionExpiration>"
            )),
            "InvalidArgument",
            "'NoncurrentDays' for NoncurrentVersionExpiration action must be a positive integer",
        ),
        (
            rule(&format!(
                "{NONE}<AbortIncompleteMultipartUpload><DaysAfterInitiation>0</DaysAfterInitiation></AbortIncompleteMultipartUpload>"
            )),
            "InvalidArgument",
            "'DaysAfterInitiation' for AbortIncompleteMultipartUpload action must be a positive integer",
        ),
        (
            rule(&format!(
                "{NONE}<Expiration><Date>2040-01-01T00:00:01Z</Date></Expiration>"
            )),
            "InvalidArgument",
            "'Date' must be at midnight GMT",
        ),
        (
            rule(&format!(
                "{NONE}<Transition><Days>-1</Days><StorageClass>GLACIER</StorageClass></Transition>"
            )),
            "InvalidArgument",
            "'Days' in Transition action must be nonnegative",
        ),
        (
            rule(&format!(
                "{NONE}<Transition><Days>29</Days><StorageClass>STANDARD_IA</StorageClass></Transition>"
            )),
            "InvalidArgument",
            "'Days' in Transition action must be greater than or equal to 30 for storageClass 'STANDARD_IA'",
        ),
        (
            rule(&format!(
                "{NONE}{DAYS}<Transition><Days>3</Days><StorageClass>GLACIER</StorageClass></Transition>"
            )),
            "InvalidArgument",
            "'Days' in the Expiration action for filter '(prefix=)' must be greater than 'Days' in the Transition action",
        ),
        (
            rule(&format!(
                "<Prefix>p</Prefix>{DAYS}<Transition><Date>2040-01-01T00:00:00Z</Date><StorageClass>GLACIER</StorageClass></Transition>"
            )),
            "InvalidRequest",
            "Found mixed 'Date' and 'Days' based Expiration and Transition actions in lifecycle rule for prefix 'p'",
        ),
        (
            rule(&format!(
                "{NONE}{}",
                "<Transition><Days>3</Days><StorageClass>GLACIER</StorageClass></Transition>"
                    .repeat(2)
            )),
            "InvalidRequest",
            "'StorageClass' must be different for 'Transition' actions in same 'Rule' with filter '(prefix=)'",
        ),
        (
            rule(NONE),
            "InvalidRequest",
            "At least one action needs to be specified in a rule",
        ),
        (
            rule(&format!(
                "<Filter>{TAG}</Filter><Expiration><ExpiredObjectDeleteMarker>true</ExpiredObjectDeleteMarker></Expiration>"
            )),
            "InvalidRequest",
            "ExpiredObjectDeleteMarker cannot be specified with Tags.",
        ),
        (
            rule(&format!(
                "<Filter><And><Prefix>a</Prefix>{TAG}</And></Filter><AbortIncompleteMultipartUpload><DaysAfterInitiation>1</DaysAfterInitiation></AbortIncompleteMultipartUpload>"
            )),
            "InvalidRequest",
            "AbortIncompleteMultipartUpload cannot be specified with Tags.",
        ),
    ] {
        let expected = (400, code.to_owned(), message.to_owned());
        assert_eq!(put(&f.client, &rules).await, expected, "{rules}");
    }
    assert_eq!(f.client.get("/bucket?lifecycle", &[]).await.status, 404);
}

#[tokio::test]
async fn rules_that_are_kept() {
    let f = Fixture::new().await;
    for rules in [
        rule(&format!("<Prefix/>{DAYS}")),
        rule(&format!("<Filter><Prefix/></Filter>{DAYS}")).replace("Enabled", "Disabled"),
        rule(&format!(
            "<Filter><And><Prefix>a</Prefix>{TAG}</And></Filter>{DAYS}"
        )),
        rule(&format!(
            "{NONE}<Expiration><Date>2040-01-01T00:00:00.000Z</Date></Expiration>"
        )),
        rule(&format!(
            "{NONE}<Expiration><ExpiredObjectDeleteMarker>true</ExpiredObjectDeleteMarker></Expiration>"
        )),
        rule(&format!(
            "{NONE}<Transition><Days>0</Days><StorageClass>GLACIER</StorageClass></Transition><Transition><Days>90</Days><StorageClass>DEEP_ARCHIVE</StorageClass></Transition>"
        )),
        rule(&format!(
            "{NONE}<NoncurrentVersionTransition><NoncurrentDays>30</NoncurrentDays><StorageClass>ONEZONE_IA</StorageClass></NoncurrentVersionTransition><NoncurrentVersionExpiration><NoncurrentDays>60</NoncurrentDays><NewerNoncurrentVersions>2</NewerNoncurrentVersions></NoncurrentVersionExpiration>"
        )),
        rule(&format!(
            "{NONE}<AbortIncompleteMultipartUpload><DaysAfterInitiation>1</DaysAfterInitiation></AbortIncompleteMultipartUpload>"
        )),
        rule(&format!("{NONE}{DAYS}")).repeat(1000),
    ] {
        let (status, _, message) = put(&f.client, &rules).await;
        assert_eq!(status, 200, "{message} {rules}");
    }
}

#[tokio::test]
async fn rules_without_a_name_get_one() {
    let f = Fixture::new().await;
    let named = rule(&format!("<ID>mine</ID>{NONE}{DAYS}"));
    let unnamed = rule(&format!("{NONE}{DAYS}"));
    put(&f.client, &format!("{unnamed}{named}{unnamed}")).await;
    let ids = f.client.get("/bucket?lifecycle", &[]).await.elements("ID");
    assert_eq!((ids.len(), ids[1].as_str()), (3, "mine"));
    assert!(
        ids.iter().all(|id| !id.is_empty()) && ids[0] != ids[2],
        "{ids:?}"
    );
}
