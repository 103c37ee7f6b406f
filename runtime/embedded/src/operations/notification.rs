//! Notification settings are validated, stored and returned. Nobody is notified.

use crate::{errors::invalid_argument, operations::Service};
use s3s::{S3Request, S3Response, S3Result, dto::*};

/// S3 User Guide, "Supported event types for SQS, SNS, and Lambda".
const EVENTS: [&str; 30] = [
    "s3:ReducedRedundancyLostObject",
    "s3:ObjectCreated:*",
    "s3:ObjectCreated:Put",
    "s3:ObjectCreated:Post",
    "s3:ObjectCreated:Copy",
    "s3:ObjectCreated:CompleteMultipartUpload",
    "s3:ObjectRemoved:*",
    "s3:ObjectRemoved:Delete",
    "s3:ObjectRemoved:DeleteMarkerCreated",
    "s3:ObjectRestore:*",
    "s3:ObjectRestore:Post",
    "s3:ObjectRestore:Completed",
    "s3:ObjectRestore:Delete",
    "s3:Replication:*",
    "s3:Replication:OperationFailedReplication",
    "s3:Replication:OperationMissedThreshold",
    "s3:Replication:OperationReplicatedAfterThreshold",
    "s3:Replication:OperationNotTracked",
    "s3:LifecycleExpiration:*",
    "s3:LifecycleExpiration:Delete",
    "s3:LifecycleExpiration:DeleteMarkerCreated",
    "s3:LifecycleTransition",
    "s3:IntelligentTiering",
    "s3:ObjectTagging:*",
    "s3:ObjectTagging:Put",
    "s3:ObjectTagging:Delete",
    "s3:ObjectAcl:Put",
    "s3:ObjectAnnotation:*",
    "s3:ObjectAnnotation:Put",
    "s3:ObjectAnnotation:Delete",
];

/// The limit for one bucket (Service Quotas, "Amazon S3 endpoints and quotas").
const MOST: usize = 100;

/// Returns an empty configuration for a bucket without one; S3 has no error for it.
pub(super) fn get(
    service: &Service,
    request: S3Request<GetBucketNotificationConfigurationInput>,
) -> S3Result<S3Response<GetBucketNotificationConfigurationOutput>> {
    let stored = service.storage.read(&request.input.bucket, |bucket| {
        bucket.settings.notification.clone()
    })?;
    let stored = stored.unwrap_or_default();
    crate::operations::respond(GetBucketNotificationConfigurationOutput {
        event_bridge_configuration: stored.event_bridge_configuration,
        lambda_function_configurations: stored.lambda_function_configurations,
        queue_configurations: stored.queue_configurations,
        topic_configurations: stored.topic_configurations,
    })
}

pub(super) fn put(
    service: &Service,
    request: S3Request<PutBucketNotificationConfigurationInput>,
) -> S3Result<S3Response<PutBucketNotificationConfigurationOutput>> {
    let input = request.input;
    let mut notification = input.notification_configuration;
    let all = each(&mut notification).collect::<Vec<_>>();
    if all.len() > MOST {
        return Err(invalid_argument(format!(
            "The number of notification configurations exceeds {MOST}"
        )));
    }
    all.iter().try_for_each(Notification::validate)?;
    for (index, one) in all.iter().enumerate() {
        if all[..index].iter().any(|other| one.overlaps(other)) {
            return Err(invalid_argument(
                "Configurations overlap. Configurations on the same bucket cannot share a common event type.",
            ));
        }
    }
    service.storage.write(&input.bucket, |bucket| {
        for one in each(&mut notification) {
            *one.id = one.id.take().filter(|id| !id.is_empty());
            one.id.get_or_insert_with(|| bucket.next_id());
        }
        bucket.settings.notification = Some(notification);
    })?;
    crate::operations::respond(PutBucketNotificationConfigurationOutput::default())
}

/// The common part of queues, topics and functions.
struct Notification<'a> {
    id: &'a mut Option<String>,
    service: &'static str,
    arn: &'a str,
    events: &'a [Event],
    filter: Option<&'a NotificationConfigurationFilter>,
}

fn each(configuration: &mut NotificationConfiguration) -> impl Iterator<Item = Notification<'_>> {
    macro_rules! notifications {
        ($configurations:ident, $arn:ident, $service:literal) => {
            configuration
                .$configurations
                .iter_mut()
                .flatten()
                .map(|one| Notification {
                    id: &mut one.id,
                    service: $service,
                    arn: &one.$arn,
                    events: &one.events,
                    filter: one.filter.as_ref(),
                })
        };
    }
    let queues = notifications!(queue_configurations, queue_arn, "sqs");
    let topics = notifications!(topic_configurations, topic_arn, "sns");
    let functions = notifications!(
        lambda_function_configurations,
        lambda_function_arn,
        "lambda"
    );
    queues.chain(topics).chain(functions)
}

impl Notification<'_> {
    fn validate(&self) -> S3Result<()> {
        // Partition, service, region, account and resource.
        let arn = self.arn.splitn(6, ':').collect::<Vec<_>>();
        let fits = matches!(*arn, ["arn", partition, service, _, _, name]
            if partition.starts_with("aws") && service == self.service && !name.is_empty());
        if !fits {
            return Err(invalid_argument("The ARN is not well formed"));
        }
        if let Some(event) = self
            .events
            .iter()
            .find(|event| !EVENTS.contains(&event.as_ref()))
        {
            return Err(invalid_argument(format!(
                "The event '{}' is not supported for notifications",
                event.as_ref()
            )));
        }
        let mut seen = Vec::new();
        for rule in self.rules() {
            let name = name_of(rule);
            if !["prefix", "suffix"].contains(&name.as_str()) {
                let why = "filter rule name must be either prefix or suffix";
                return Err(invalid_argument(why));
            }
            if seen.contains(&name) {
                return Err(invalid_argument(format!(
                    "Cannot specify more than one {name} rule in a filter."
                )));
            }
            seen.push(name);
        }
        Ok(())
    }

    fn rules(&self) -> impl Iterator<Item = &FilterRule> {
        let key = self.filter.and_then(|filter| filter.key.as_ref());
        key.into_iter()
            .flat_map(|key| key.filter_rules.iter().flatten())
    }

    fn value(&self, name: &str) -> &str {
        let rule = self.rules().find(|rule| name_of(rule) == name);
        rule.and_then(|rule| rule.value.as_deref())
            .unwrap_or_default()
    }

    /// Returns true if one event can match both (S3 User Guide, "Configuring event notifications using object key name filtering").
    fn overlaps(&self, other: &Self) -> bool {
        let prefixes = [self.value("prefix"), other.value("prefix")];
        let suffixes = [self.value("suffix"), other.value("suffix")];
        let mut pairs = self
            .events
            .iter()
            .flat_map(|event| other.events.iter().map(move |other| (event, other)));
        pairs.any(|(one, other)| includes(one, other) || includes(other, one))
            && (prefixes[0].starts_with(prefixes[1]) || prefixes[1].starts_with(prefixes[0]))
            && (suffixes[0].ends_with(suffixes[1]) || suffixes[1].ends_with(suffixes[0]))
    }
}

fn includes(event: &Event, other: &Event) -> bool {
    match event.as_ref().strip_suffix('*') {
        Some(kind) => other.as_ref().starts_with(kind),
        None => event == other,
    }
}

/// S3 also accepts and returns these with a capital.
fn name_of(rule: &FilterRule) -> String {
    let name = rule.name.as_ref().map_or("", FilterRuleName::as_str);
    name.to_ascii_lowercase()
}
