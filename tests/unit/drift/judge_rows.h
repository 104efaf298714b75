#define UA(s) "\"userAgent\":\"" s "\""

static const struct row table[] = {
    /* ---- heard or not */
    {"failed", "aws_instance {\"id\":\"i-1\"}", "ec2", "TerminateInstances",
     "{}", "\"errorCode\":\"AccessDenied\"", "ignored failed"},
    {"read-only", "", "ec2", "TerminateInstances", "{}", "\"readOnly\":true",
     "ignored read-only"},
    {"read-only as text", "", "ec2", "TerminateInstances", "{}",
     "\"readOnly\":\"true\"", "ignored read-only"},
    {"terraform within", "", "ec2", "TerminateInstances", "{}",
     UA("APN/1.0 HashiCorp/1.0 Terraform/1.9.0"), "ignored terraform"},
    {"opentofu", "", "ec2", "TerminateInstances", "{}", UA("x OpenTofu/1.8"),
     "ignored terraform"},
    {"autoscaling", "", "ec2", "TerminateInstances", "{}",
     "\"sourceIPAddress\":\"autoscaling.amazonaws.com\"",
     "ignored autoscaling"},
    {"application autoscaling", "", "ecs", "UpdateService", "{}",
     UA("ecs.application-autoscaling.amazonaws.com"), "ignored autoscaling"},
    {"not quite autoscaling", "", "ec2", "NoSuchCall", "{}",
     UA("notautoscaling.amazonaws.com"), "unmapped"},
    {"cloudformation is somebody", "", "ec2", "NoSuchCall", "{}",
     UA("cloudformation.amazonaws.com"), "unmapped"},
    {"another source", "", "s3", "TerminateInstances", "{}", NULL, "unmapped"},

    /* ---- scalars */
    {"changed", "aws_instance {\"id\":\"i-1\",\"instance_type\":\"a\"}", "ec2",
     "ModifyInstanceAttribute",
     "{\"instanceId\":\"i-1\",\"instanceType\":{\"value\":\"b\"}}", NULL,
     "drift | aws_instance.r0 update; instance_type: \"a\" -> \"b\""},
    {"old form", "aws_instance {\"id\":\"i-1\",\"instance_type\":\"a\"}", "ec2",
     "ModifyInstanceAttribute",
     "{\"instanceId\":\"i-1\",\"attribute\":\"instanceType\",\"value\":"
     "\"b\"}",
     NULL, "drift | aws_instance.r0 update; instance_type: \"a\" -> \"b\""},
    {"same", "aws_instance {\"id\":\"i-1\",\"instance_type\":\"a\"}", "ec2",
     "ModifyInstanceAttribute",
     "{\"instanceId\":\"i-1\",\"instanceType\":{\"value\":\"a\"}}", NULL,
     "none"},
    {"typed as in the state",
     "aws_instance {\"id\":\"i-1\",\"ebs_optimized\":false}", "ec2",
     "ModifyInstanceAttribute",
     "{\"instanceId\":\"i-1\",\"ebsOptimized\":{\"value\":\"true\"}}", NULL,
     "drift | aws_instance.r0 update; ebs_optimized: false -> true"},
    {"null is off", "aws_instance {\"id\":\"i-1\",\"ebs_optimized\":null}",
     "ec2", "ModifyInstanceAttribute",
     "{\"instanceId\":\"i-1\",\"ebsOptimized\":{\"value\":false}}", NULL,
     "none"},
    {"a null one that is on",
     "aws_instance {\"id\":\"i-1\",\"ebs_optimized\":null}", "ec2",
     "ModifyInstanceAttribute",
     "{\"instanceId\":\"i-1\",\"ebsOptimized\":{\"value\":true}}", NULL,
     "drift | aws_instance.r0 update; ebs_optimized: null -> true"},
    {"unknown to the provider", "aws_instance {\"id\":\"i-1\"}", "ec2",
     "ModifyInstanceAttribute",
     "{\"instanceId\":\"i-1\",\"ebsOptimized\":{\"value\":true}}", NULL,
     "none"},
    {"nobody's", "aws_instance {\"id\":\"i-2\",\"ebs_optimized\":null}", "ec2",
     "ModifyInstanceAttribute",
     "{\"instanceId\":\"i-1\",\"ebsOptimized\":{\"value\":true}}", NULL,
     "unmanaged | i-1"},
    {"parameters null", "aws_instance {\"id\":\"i-1\"}", "ec2",
     "ModifyInstanceAttribute", NULL, NULL, "unmanaged"},
    {"a request around them",
     "aws_instance {\"id\":\"i-1\",\"metadata_options\":[{\"http_tokens\":"
     "\"required\"}]}",
     "ec2", "ModifyInstanceMetadataOptions",
     "{\"ModifyInstanceMetadataOptionsRequest\":{\"InstanceId\":\"i-1\","
     "\"HttpTokens\":\"optional\"}}",
     NULL,
     "drift | aws_instance.r0 update; metadata_options[0].http_tokens: "
     "\"required\" -> \"optional\""},
    {"engine versions",
     "aws_db_instance {\"id\":\"db-X\",\"identifier\":\"d\","
     "\"engine_version\":\"8.0.35\"}",
     "rds", "ModifyDBInstance",
     "{\"dBInstanceIdentifier\":\"d\",\"engineVersion\":\"8.0\"}", NULL,
     "none"},
    {"names in lower case",
     "aws_db_instance {\"id\":\"db-X\",\"identifier\":\"my-db\","
     "\"multi_az\":false}",
     "rds", "ModifyDBInstance",
     "{\"dBInstanceIdentifier\":\"My-DB\",\"multiAZ\":true}", NULL,
     "drift | aws_db_instance.r0 update; multi_az: false -> true"},
    {"hidden",
     "aws_db_instance {\"id\":\"db-X\",\"identifier\":\"d\",\"password\":"
     "\"p\"}",
     "rds", "ModifyDBInstance",
     "{\"dBInstanceIdentifier\":\"d\",\"masterUserPassword\":\"****\"}", NULL,
     "drift | aws_db_instance.r0 update; password: \"p\" -> null (hidden)"},

    /* ---- sets */
    {"set in another order",
     "aws_instance {\"id\":\"i-1\",\"vpc_security_group_ids\":[\"sg-1\","
     "\"sg-2\"]}",
     "ec2", "ModifyInstanceAttribute",
     "{\"instanceId\":\"i-1\",\"groupSet\":{\"items\":[{\"groupId\":"
     "\"sg-2\"},{\"groupId\":\"sg-1\"}]}}",
     NULL, "none"},
    {"set of one",
     "aws_instance {\"id\":\"i-1\",\"vpc_security_group_ids\":[\"sg-1\"]}",
     "ec2", "ModifyInstanceAttribute",
     "{\"instanceId\":\"i-1\",\"groupSet\":{\"items\":[{\"groupId\":"
     "\"sg-2\"}]}}",
     NULL,
     "drift | aws_instance.r0 update; vpc_security_group_ids: [\"sg-1\"] "
     "-> [\"sg-2\"]"},
    {"a member joins",
     "aws_iam_group_membership {\"id\":\"m\",\"group\":\"g\",\"users\":"
     "[\"al\"]}",
     "iam", "AddUserToGroup", "{\"groupName\":\"g\",\"userName\":\"bo\"}", NULL,
     "drift | aws_iam_group_membership.r0 update; users: [\"al\"] -> "
     "[\"al\",\"bo\"]"},
    {"a member leaves that is not there",
     "aws_iam_group_membership {\"id\":\"m\",\"group\":\"g\",\"users\":"
     "[\"al\"]}",
     "iam", "RemoveUserFromGroup", "{\"groupName\":\"g\",\"userName\":\"bo\"}",
     NULL, "none"},

    /* ---- tags */
    {"tags in bulk",
     "aws_instance {\"id\":\"i-1\",\"tags\":{\"Env\":\"a\"},\"tags_all\":"
     "{\"Env\":\"a\",\"Team\":\"t\"}}\n"
     "aws_vpc {\"id\":\"vpc-1\",\"tags\":null,\"tags_all\":{}}",
     "ec2", "CreateTags",
     "{\"resourcesSet\":{\"items\":[{\"resourceId\":\"i-1\"},"
     "{\"resourceId\":\"vpc-1\"}]},\"tagSet\":{\"items\":[{\"key\":\"Env\","
     "\"value\":\"b\"},{\"key\":\"Team\",\"value\":\"u\"}]}}",
     NULL,
     "drift | aws_instance.r0 update; tags.Env: \"a\" -> \"b\"; "
     "tags_all.Team: \"t\" -> \"u\" | aws_vpc.r1 update; tags.Env: null -> "
     "\"b\"; tags.Team: null -> \"u\""},
    {"aws tags do not count",
     "aws_instance {\"id\":\"i-1\",\"tags\":{},\"tags_all\":{}}", "ec2",
     "CreateTags",
     "{\"resourcesSet\":{\"items\":[{\"resourceId\":\"i-1\"}]},\"tagSet\":"
     "{\"items\":[{\"key\":\"aws:x\",\"value\":\"b\"}]}}",
     NULL, "none"},
    {"a tag goes",
     "aws_instance {\"id\":\"i-1\",\"tags\":{\"Env\":\"a\"},\"tags_all\":"
     "{\"Env\":\"a\"}}",
     "ec2", "DeleteTags",
     "{\"resourcesSet\":{\"items\":[{\"resourceId\":\"i-1\"}]},\"tagSet\":"
     "{\"items\":[{\"key\":\"Env\"},{\"key\":\"No\"}]}}",
     NULL, "drift | aws_instance.r0 update; tags.Env: \"a\" -> null"},
    {"all tags replaced",
     "aws_s3_bucket {\"id\":\"b\",\"bucket\":\"b\",\"tags\":{\"A\":\"1\","
     "\"B\":\"2\"},\"tags_all\":{\"A\":\"1\",\"B\":\"2\"}}",
     "s3", "PutBucketTagging",
     "{\"bucketName\":\"b\",\"Tagging\":{\"TagSet\":{\"Tag\":{\"Key\":\"A\","
     "\"Value\":1}}}}",
     NULL, "drift | aws_s3_bucket.r0 update; tags.B: \"2\" -> null"},
    {"tags as a map",
     "aws_lambda_function {\"id\":\"f\",\"function_name\":\"f\",\"arn\":"
     "\"arn:aws:lambda:us-east-1:123456789012:function:f\",\"tags\":{},"
     "\"tags_all\":{}}",
     "lambda", "TagResource20170331v2",
     "{\"resource\":\"arn:aws:lambda:us-east-1:123456789012:function:f\","
     "\"tags\":{\"Name\":\"x\"}}",
     NULL, "drift | aws_lambda_function.r0 update; tags.Name: null -> \"x\""},

    /* ---- roles */
    {"bulk delete",
     "aws_instance {\"id\":\"i-1\"}\naws_instance {\"id\":\"i-2\"}", "ec2",
     "TerminateInstances",
     "{\"instancesSet\":{\"items\":[{\"instanceId\":\"i-1\"},"
     "{\"instanceId\":\"i-2\"},{\"instanceId\":\"i-3\"}]}}",
     NULL, "drift | aws_instance.r0 delete | aws_instance.r1 delete | i-3"},
    {"each change has its role",
     "aws_route53_record {\"zone_id\":\"Z\",\"name\":\"a.b\",\"type\":\"A\","
     "\"ttl\":60,\"records\":[\"1.1.1.1\"],\"set_identifier\":null}",
     "route53", "ChangeResourceRecordSets",
     "{\"hostedZoneId\":\"/hostedzone/Z\",\"changeBatch\":{\"changes\":"
     "[{\"action\":\"UPSERT\",\"resourceRecordSet\":{\"name\":\"A.b.\","
     "\"type\":\"A\",\"tTL\":30,\"resourceRecords\":[{\"value\":"
     "\"1.1.1.1\"}]}}]}}",
     NULL, "drift | aws_route53_record.r0 update; ttl: 60 -> 30"},
    {"another set identifier",
     "aws_route53_record {\"zone_id\":\"Z\",\"name\":\"a.b\",\"type\":\"A\","
     "\"ttl\":60,\"records\":[\"1.1.1.1\"],\"set_identifier\":\"x\"}",
     "route53", "ChangeResourceRecordSets",
     "{\"hostedZoneId\":\"Z\",\"changeBatch\":{\"changes\":"
     "[{\"action\":\"DELETE\",\"resourceRecordSet\":{\"name\":\"a.b.\","
     "\"type\":\"A\",\"setIdentifier\":\"y\"}}]}}",
     NULL, "unmanaged | Z:a.b:A:y"},
    {"when fails",
     "aws_iam_policy {\"id\":\"arn:aws:iam::1:policy/p\",\"arn\":"
     "\"arn:aws:iam::1:policy/p\",\"policy\":\"{}\"}",
     "iam", "CreatePolicyVersion",
     "{\"policyArn\":\"arn:aws:iam::1:policy/p\",\"setAsDefault\":false,"
     "\"policyDocument\":\"{\\\"Statement\\\":[]}\"}",
     NULL, "none"},
    {"no id", "aws_ebs_encryption_by_default {\"id\":\"x\",\"enabled\":true}",
     "ec2", "DisableEbsEncryptionByDefault",
     "{\"DisableEbsEncryptionByDefaultRequest\":\"\"}", NULL,
     "drift | aws_ebs_encryption_by_default.r0 update; enabled: true -> "
     "false"},
    {"changed, nobody sees what",
     "aws_iam_policy {\"id\":\"arn:aws:iam::1:policy/p\",\"arn\":"
     "\"arn:aws:iam::1:policy/p\",\"policy\":\"{}\"}",
     "iam", "SetDefaultPolicyVersion",
     "{\"policyArn\":\"arn:aws:iam::1:policy/p\",\"versionId\":\"v2\"}", NULL,
     "drift | aws_iam_policy.r0 update"},

    /* ---- blocks */
    {"the block that is meant",
     "aws_instance {\"id\":\"i\",\"root_block_device\":[{\"volume_id\":"
     "\"vol-1\",\"volume_size\":8}],\"ebs_block_device\":[{\"volume_id\":"
     "\"vol-2\",\"volume_size\":9},{\"volume_id\":\"vol-3\","
     "\"volume_size\":9}]}",
     "ec2", "ModifyVolume",
     "{\"ModifyVolumeRequest\":{\"VolumeId\":\"vol-3\",\"Size\":50}}", NULL,
     "drift | aws_instance.r0 update; ebs_block_device[1].volume_size: 9 "
     "-> 50"},
    {"a parameter is set",
     "aws_db_parameter_group {\"id\":\"pg\",\"name\":\"pg\",\"parameter\":"
     "[{\"name\":\"a\",\"value\":\"1\"}]}",
     "rds", "ModifyDBParameterGroup",
     "{\"dBParameterGroupName\":\"pg\",\"parameters\":[{\"parameterName\":"
     "\"a\",\"parameterValue\":\"2\"},{\"parameterName\":\"b\","
     "\"parameterValue\":\"3\"}]}",
     NULL,
     "drift | aws_db_parameter_group.r0 update; parameter: [{\"name\":"
     "\"a\",\"value\":\"1\"}] -> [{\"name\":\"a\",\"value\":\"2\"},"
     "{\"name\":\"b\",\"value\":\"3\"}]"},
    {"a part of its own",
     "aws_s3_bucket {\"id\":\"b\",\"bucket\":\"b\",\"versioning\":"
     "[{\"enabled\":true,\"mfa_delete\":false}]}\n"
     "aws_s3_bucket_versioning {\"id\":\"b\",\"bucket\":\"b\","
     "\"versioning_configuration\":[{\"status\":\"Enabled\"}]}",
     "s3", "PutBucketVersioning",
     "{\"bucketName\":\"b\",\"VersioningConfiguration\":{\"Status\":"
     "\"Suspended\"}}",
     NULL,
     "drift | aws_s3_bucket_versioning.r1 update; "
     "versioning_configuration[0].status: \"Enabled\" -> \"Suspended\""},
    {"an unseen change of a part of its own",
     "aws_s3_bucket {\"id\":\"b\",\"bucket\":\"b\",\"acl\":null,\"grant\":[]}\n"
     "aws_s3_bucket_acl {\"id\":\"b,private\",\"bucket\":\"b\",\"acl\":"
     "\"private\"}",
     "s3", "PutBucketAcl",
     "{\"bucketName\":\"b\",\"accessControlList\":{\"x-amz-grant-read\":"
     "\"id=1\"}}",
     NULL, "drift | aws_s3_bucket_acl.r1 update"},
    {"an unseen change of the bucket's own",
     "aws_s3_bucket {\"id\":\"b\",\"bucket\":\"b\",\"acl\":null,\"grant\":[]}",
     "s3", "PutBucketAcl",
     "{\"bucketName\":\"b\",\"accessControlList\":{\"x-amz-grant-read\":"
     "\"id=1\"}}",
     NULL, "drift | aws_s3_bucket.r0 update"},
};
