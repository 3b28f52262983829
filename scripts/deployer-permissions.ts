/**
 * What the person or pipeline that runs `pulumi up` must be allowed to do, as data: for every resource type that a
 * provider uses, the actions behind creating, reading, changing and deleting it.
 * Sources: the services' API references (https://docs.aws.amazon.com/service-authorization/latest/reference/,
 * https://learn.microsoft.com/azure/role-based-access-control/permissions-reference) and cloud-facts-azure.md 5.5, 6.5.
 */

export interface AwsService {
  readonly title: string;
  /** Prefix of the service's actions. */
  readonly prefix: string;
  /** Actions that only read. A trailing `*` is a wildcard. */
  readonly read: readonly string[];
  /** Actions by the SDK class that needs them, written as `module.Class`. */
  readonly write: Readonly<Record<string, readonly string[]>>;
  readonly note?: string;
}

/* prettier-ignore */
export const awsServices: readonly AwsService[] = [
  {
    title: "EC2 and VPC",
    prefix: "ec2",
    read: ["Describe*"],
    write: {
      "ec2.Vpc": ["CreateVpc", "DeleteVpc", "ModifyVpcAttribute"],
      "ec2.Subnet": ["CreateSubnet", "DeleteSubnet", "ModifySubnetAttribute"],
      "ec2.InternetGateway": ["CreateInternetGateway", "AttachInternetGateway", "DetachInternetGateway", "DeleteInternetGateway"],
      "ec2.RouteTable": ["CreateRouteTable", "DeleteRouteTable"],
      "ec2.Route": ["CreateRoute", "ReplaceRoute", "DeleteRoute"],
      "ec2.RouteTableAssociation": ["AssociateRouteTable", "ReplaceRouteTableAssociation", "DisassociateRouteTable"],
      "ec2.Eip": ["AllocateAddress", "DisassociateAddress", "ReleaseAddress"],
      "ec2.EipAssociation": ["AssociateAddress", "DisassociateAddress"],
      "ec2.NatGateway": ["CreateNatGateway", "DeleteNatGateway"],
      "ec2.VpcEndpoint": ["CreateVpcEndpoint", "ModifyVpcEndpoint", "DeleteVpcEndpoints"],
      "ec2.SecurityGroup": ["CreateSecurityGroup", "DeleteSecurityGroup", "RevokeSecurityGroupEgress"],
      "ec2.DefaultSecurityGroup": ["RevokeSecurityGroupEgress", "RevokeSecurityGroupIngress"],
      "vpc.SecurityGroupIngressRule": ["AuthorizeSecurityGroupIngress", "ModifySecurityGroupRules", "RevokeSecurityGroupIngress"],
      "vpc.SecurityGroupEgressRule": ["AuthorizeSecurityGroupEgress", "ModifySecurityGroupRules", "RevokeSecurityGroupEgress"],
      "ec2.NetworkInterface": ["CreateNetworkInterface", "ModifyNetworkInterfaceAttribute", "DetachNetworkInterface", "DeleteNetworkInterface"],
      "ebs.Volume": ["CreateVolume", "ModifyVolume", "DeleteVolume"],
      "ec2.VolumeAttachment": ["AttachVolume", "DetachVolume"],
      "ec2.KeyPair": ["ImportKeyPair", "DeleteKeyPair"],
      "ec2.Instance": [
        "RunInstances", "TerminateInstances", "StartInstances", "StopInstances", "ModifyInstanceAttribute",
        "ModifyInstanceMetadataOptions", "ModifyInstanceMaintenanceOptions", "MonitorInstances", "UnmonitorInstances",
        "AssociateIamInstanceProfile", "ReplaceIamInstanceProfileAssociation", "AttachNetworkInterface",
      ],
      "ec2.LaunchTemplate": ["CreateLaunchTemplate", "CreateLaunchTemplateVersion", "ModifyLaunchTemplate", "DeleteLaunchTemplate"],
      "(labels on all of these)": ["CreateTags", "DeleteTags"],
    },
  },
  {
    title: "Elastic Load Balancing",
    prefix: "elasticloadbalancing",
    read: ["Describe*"],
    write: {
      "lb.LoadBalancer": ["CreateLoadBalancer", "ModifyLoadBalancerAttributes", "SetSecurityGroups", "SetSubnets", "DeleteLoadBalancer"],
      "lb.TargetGroup": ["CreateTargetGroup", "ModifyTargetGroup", "ModifyTargetGroupAttributes", "DeleteTargetGroup"],
      "lb.TargetGroupAttachment": ["RegisterTargets", "DeregisterTargets"],
      "lb.Listener": ["CreateListener", "ModifyListener", "ModifyListenerAttributes", "DeleteListener"],
      "(labels on all of these)": ["AddTags", "RemoveTags"],
    },
  },
  {
    title: "Auto Scaling",
    prefix: "autoscaling",
    read: ["Describe*"],
    write: {
      "autoscaling.Group": [
        "CreateAutoScalingGroup", "UpdateAutoScalingGroup", "DeleteAutoScalingGroup", "StartInstanceRefresh", "CancelInstanceRefresh",
        "SuspendProcesses", "ResumeProcesses", "EnableMetricsCollection", "DisableMetricsCollection", "SetInstanceProtection",
        "AttachLoadBalancerTargetGroups", "DetachLoadBalancerTargetGroups", "AttachTrafficSources", "DetachTrafficSources",
        "CreateOrUpdateTags", "DeleteTags",
      ],
      "autoscaling.LifecycleHook": ["PutLifecycleHook", "DeleteLifecycleHook"],
      "autoscaling.Policy": ["PutScalingPolicy", "DeletePolicy"],
    },
  },
  {
    title: "IAM",
    prefix: "iam",
    read: ["GetRole*", "GetInstanceProfile", "ListRolePolicies", "ListAttachedRolePolicies", "ListInstanceProfilesForRole"],
    write: {
      "iam.Role": ["CreateRole", "UpdateRole", "UpdateRoleDescription", "UpdateAssumeRolePolicy", "DeleteRole", "TagRole", "UntagRole"],
      "iam.RolePolicy": ["PutRolePolicy", "DeleteRolePolicy"],
      "iam.RolePolicyAttachment": ["AttachRolePolicy", "DetachRolePolicy"],
      "iam.InstanceProfile": [
        "CreateInstanceProfile", "AddRoleToInstanceProfile", "RemoveRoleFromInstanceProfile", "DeleteInstanceProfile",
        "TagInstanceProfile", "UntagInstanceProfile",
      ],
      "(machines take on the roles)": ["PassRole"],
      "(first load balancer, first group and first alarm of an account)": ["CreateServiceLinkedRole"],
    },
    note: "`iam:PassRole` may be limited to the service `ec2.amazonaws.com` by the condition `iam:PassedToService`.",
  },
  {
    title: "Secrets Manager",
    prefix: "secretsmanager",
    read: ["DescribeSecret", "GetSecretValue", "GetResourcePolicy"],
    write: {
      "secretsmanager.Secret": ["CreateSecret", "UpdateSecret", "DeleteSecret", "TagResource", "UntagResource"],
      "secretsmanager.SecretVersion": ["PutSecretValue", "UpdateSecretVersionStage"],
      "secretsmanager.SecretPolicy": ["PutResourcePolicy", "DeleteResourcePolicy"],
    },
  },
  {
    title: "S3",
    prefix: "s3",
    read: ["ListBucket", "ListTagsForResource", "GetBucket*", "GetAccelerateConfiguration", "GetEncryptionConfiguration", "GetLifecycleConfiguration", "GetReplicationConfiguration"],
    write: {
      "s3.Bucket": ["CreateBucket", "DeleteBucket", "PutBucketTagging", "TagResource", "UntagResource"],
      "s3.BucketVersioning": ["PutBucketVersioning"],
      "s3.BucketServerSideEncryptionConfiguration": ["PutEncryptionConfiguration"],
      "s3.BucketLifecycleConfiguration": ["PutLifecycleConfiguration"],
      "s3.BucketPublicAccessBlock": ["PutBucketPublicAccessBlock"],
      "s3.BucketOwnershipControls": ["PutBucketOwnershipControls"],
      "s3.BucketPolicy": ["PutBucketPolicy", "DeleteBucketPolicy"],
      "s3.BucketObjectv2": ["PutObject", "GetObject", "GetObjectTagging", "PutObjectTagging", "DeleteObject"],
    },
    note: "Not needed with adopted buckets.",
  },
  {
    title: "ACM",
    prefix: "acm",
    read: ["DescribeCertificate", "ListTagsForCertificate"],
    write: {
      "acm.Certificate": ["RequestCertificate", "DeleteCertificate", "AddTagsToCertificate", "RemoveTagsFromCertificate"],
      "acm.CertificateValidation": [],
    },
    note: "Only with `certificate.kind: acm` and no `arn`.",
  },
  {
    title: "Route 53",
    prefix: "route53",
    read: ["Get*", "List*"],
    write: { "route53.Record": ["ChangeResourceRecordSets"] },
    note: "Only with `dns.kind: route53`, also where the machines run on Azure.",
  },
  {
    title: "CloudWatch",
    prefix: "cloudwatch",
    read: ["DescribeAlarms", "ListTagsForResource"],
    write: { "cloudwatch.MetricAlarm": ["PutMetricAlarm", "DeleteAlarms", "TagResource", "UntagResource"] },
    note: "With `edition: elastic` or `edition: enterprise-v2`, or with `alarms.emails`.",
  },
  {
    title: "SNS",
    prefix: "sns",
    read: ["Get*", "List*"],
    write: {
      "sns.Topic": ["CreateTopic", "SetTopicAttributes", "DeleteTopic", "TagResource", "UntagResource"],
      "sns.TopicSubscription": ["Subscribe", "Unsubscribe"],
    },
    note: "Only with `alarms.emails`.",
  },
  {
    title: "Systems Manager, STS",
    prefix: "ssm",
    read: ["GetParameter"],
    write: {},
    note: "Reads the public parameter that holds the id of the pinned Ubuntu image. `sts:GetCallerIdentity` needs no permission.",
  },
  {
    title: "KMS",
    prefix: "kms",
    read: ["DescribeKey", "ListGrants"],
    write: {
      "kms.Grant": ["CreateGrant", "RetireGrant", "RevokeGrant"],
      "(disks, buckets and secrets under your own key)": ["Decrypt", "Encrypt", "GenerateDataKey*", "ReEncrypt*"],
    },
    note: "Only with `encryption.keyArn`, on that key.",
  },
];

/** What Enterprise v2 needs besides; a policy of its own, because one document has no room for all. */
/* prettier-ignore */
export const enterpriseV2Services: readonly AwsService[] = [
  {
    title: "Enterprise v2: images",
    prefix: "ec2",
    read: [],
    write: { "ec2.AmiCopy": ["CopyImage", "DeregisterImage", "DeleteSnapshot", "ModifyImageAttribute"] },
    note: "Only with `images.copyFrom`.",
  },
  {
    title: "Enterprise v2: rules of the load balancer",
    prefix: "elasticloadbalancing",
    read: [],
    write: { "lb.ListenerRule": ["CreateRule", "ModifyRule", "SetRulePriorities", "DeleteRule"] },
  },
  {
    title: "Enterprise v2: ElastiCache",
    prefix: "elasticache",
    read: ["Describe*", "ListTagsForResource"],
    write: {
      "elasticache.SubnetGroup": ["CreateCacheSubnetGroup", "ModifyCacheSubnetGroup", "DeleteCacheSubnetGroup"],
      "elasticache.ReplicationGroup": [
        "CreateReplicationGroup", "ModifyReplicationGroup", "IncreaseReplicaCount", "DecreaseReplicaCount", "DeleteReplicationGroup",
      ],
      "(labels on all of these)": ["AddTagsToResource", "RemoveTagsFromResource"],
    },
  },
  {
    title: "Enterprise v2: SQS",
    prefix: "sqs",
    read: ["GetQueueAttributes", "GetQueueUrl", "ListQueueTags"],
    write: {
      "sqs.Queue": ["CreateQueue", "SetQueueAttributes", "DeleteQueue", "TagQueue", "UntagQueue"],
      "sqs.QueuePolicy": ["SetQueueAttributes"],
    },
  },
  {
    title: "Enterprise v2: EventBridge",
    prefix: "events",
    read: ["DescribeRule", "ListTagsForResource", "ListTargetsByRule"],
    write: {
      "cloudwatch.EventRule": ["PutRule", "EnableRule", "DisableRule", "DeleteRule", "TagResource", "UntagResource"],
      "cloudwatch.EventTarget": ["PutTargets", "RemoveTargets"],
    },
  },
];

export interface AzureNeed {
  /** Resource provider that must be registered in the subscription. */
  readonly provider: string;
  /** SDK classes that need it, written as `module.Class`. */
  readonly types: readonly string[];
}

/* prettier-ignore */
export const azureNeeds: readonly AzureNeed[] = [
  { provider: "Microsoft.Resources", types: ["resources.ResourceGroup", "resources.Resource"] },
  { provider: "Microsoft.Network", types: [
    "network.VirtualNetwork", "network.Subnet", "network.NatGateway", "network.PublicIPAddress", "network.NetworkSecurityGroup",
    "network.ApplicationSecurityGroup", "network.LoadBalancer", "network.NetworkInterface", "dns.RecordSet",
  ] },
  { provider: "Microsoft.Compute", types: ["compute.AvailabilitySet", "compute.VirtualMachine", "compute.Disk", "compute.VirtualMachineScaleSet"] },
  { provider: "Microsoft.Storage", types: [
    "storage.StorageAccount", "storage.BlobContainer", "storage.BlobServiceProperties", "storage.ManagementPolicy",
  ] },
  { provider: "Microsoft.KeyVault", types: ["keyvault.Vault", "keyvault.Secret"] },
  { provider: "Microsoft.ManagedIdentity", types: ["managedidentity.UserAssignedIdentity"] },
  { provider: "Microsoft.Insights", types: ["monitor.AutoscaleSetting", "monitor.MetricAlert", "monitor.ActionGroup"] },
  { provider: "Microsoft.Authorization", types: ["authorization.RoleAssignment", "authorization.RoleDefinition"] },
];

/** What Contributor leaves out, by the SDK class that needs it. Reading is part of Contributor. */
export const azureAuthorization: Readonly<Record<string, readonly string[]>> = {
  "authorization.RoleAssignment": [
    "Microsoft.Authorization/roleAssignments/write",
    "Microsoft.Authorization/roleAssignments/delete",
  ],
  "authorization.RoleDefinition": [
    "Microsoft.Authorization/roleDefinitions/write",
    "Microsoft.Authorization/roleDefinitions/delete",
  ],
};
