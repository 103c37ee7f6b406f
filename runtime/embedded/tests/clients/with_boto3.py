"""What `boto3.rs` runs: python3 with_boto3.py ENDPOINT KEY SECRET BUCKET KEYS part|whole"""

import base64
import io
import sys
import urllib.request
import zlib

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import ClientError

endpoint, key, secret, bucket = sys.argv[1:5]
count = int(sys.argv[5])
heads_parts = sys.argv[6] == "part"
s3 = boto3.client(
    "s3",
    endpoint_url=endpoint,
    aws_access_key_id=key,
    aws_secret_access_key=secret,
    region_name="us-east-1",
    config=Config(signature_version="s3v4", s3={"addressing_style": "path"}),
)


def code(call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        return error.response["Error"]["Code"]
    raise AssertionError(f"{call} succeeded")


# Put, get, ranges.
s3.put_object(Bucket=bucket, Key="dir/ä b+c", Body=b"0123456789", ContentType="text/plain", Metadata={"k": "v"})
got = s3.get_object(Bucket=bucket, Key="dir/ä b+c")
checksum = base64.b64encode(zlib.crc32(b"0123456789").to_bytes(4, "big")).decode()
assert got["Body"].read() == b"0123456789"
assert (got["ContentType"], got["Metadata"], got["ChecksumCRC32"]) == ("text/plain", {"k": "v"}, checksum)
assert s3.get_object(Bucket=bucket, Key="dir/ä b+c", Range="bytes=2-4")["Body"].read() == b"234"
assert s3.get_object(Bucket=bucket, Key="dir/ä b+c", Range="bytes=-3")["Body"].read() == b"789"
assert code(s3.get_object, Bucket=bucket, Key="none") == "NoSuchKey"
# CRC32C and CRC64NVME would need a native library besides boto3.
for algorithm in ["SHA1", "SHA256"]:
    s3.put_object(Bucket=bucket, Key="sum", Body=b"x", ChecksumAlgorithm=algorithm)

# A multipart upload of three parts, by the transfer manager.
large = bytes(11 << 20)
part = 5 << 20
in_parts = TransferConfig(multipart_threshold=part, multipart_chunksize=part)
s3.upload_fileobj(io.BytesIO(large), bucket, "large", Config=in_parts)
head = s3.head_object(Bucket=bucket, Key="large", PartNumber=1)
assert (head.get("PartsCount"), head["ContentLength"]) == ((3, part) if heads_parts else (None, len(large)))
assert s3.get_object(Bucket=bucket, Key="large")["Body"].read() == large

# Copy.
s3.copy_object(Bucket=bucket, Key="copy", CopySource={"Bucket": bucket, "Key": "dir/ä b+c"})
assert s3.get_object(Bucket=bucket, Key="copy")["Body"].read() == b"0123456789"
s3.copy({"Bucket": bucket, "Key": "large"}, bucket, "large copy", Config=in_parts)
assert s3.head_object(Bucket=bucket, Key="large copy")["ContentLength"] == len(large)

# List in pages, delete many.
for number in range(count):
    s3.put_object(Bucket=bucket, Key=f"many/{number:04}", Body=b"")
pages = list(s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix="many/"))
assert [page["KeyCount"] for page in pages] == [min(1000, count - start) for start in range(0, count, 1000)]
keys = [entry["Key"] for page in pages for entry in page["Contents"]]
assert keys == [f"many/{number:04}" for number in range(count)]
for start in range(0, count, 1000):
    objects = [{"Key": key} for key in keys[start : start + 1000]]
    done = s3.delete_objects(Bucket=bucket, Delete={"Objects": objects})
    assert len(done["Deleted"]) == len(objects) and "Errors" not in done
assert s3.list_objects_v2(Bucket=bucket, Prefix="many/")["KeyCount"] == 0

# Presigned.
url = s3.generate_presigned_url("put_object", Params={"Bucket": bucket, "Key": "signed"}, ExpiresIn=60)
urllib.request.urlopen(urllib.request.Request(url, data=b"signed", method="PUT")).read()
url = s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "signed"}, ExpiresIn=60)
assert urllib.request.urlopen(url).read() == b"signed"
form = s3.generate_presigned_post(bucket, "form", Conditions=[["content-length-range", 1, 100]], ExpiresIn=60)
edge = "edge"
body = "".join(f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in form["fields"].items())
body += f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\nform\r\n--{edge}--\r\n'
post = urllib.request.Request(form["url"], data=body.encode(), headers={"Content-Type": f"multipart/form-data; boundary={edge}"})
assert urllib.request.urlopen(post).status == 204
assert s3.get_object(Bucket=bucket, Key="form")["Body"].read() == b"form"

# Conditional put.
etag = s3.put_object(Bucket=bucket, Key="once", Body=b"1", IfNoneMatch="*")["ETag"]
assert code(s3.put_object, Bucket=bucket, Key="once", Body=b"2", IfNoneMatch="*") == "PreconditionFailed"
s3.put_object(Bucket=bucket, Key="once", Body=b"3", IfMatch=etag)
assert code(s3.put_object, Bucket=bucket, Key="once", Body=b"4", IfMatch=etag) == "PreconditionFailed"

# Versions.
s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
first = s3.put_object(Bucket=bucket, Key="versioned", Body=b"1")["VersionId"]
s3.delete_object(Bucket=bucket, Key="versioned")
assert s3.get_object(Bucket=bucket, Key="versioned", VersionId=first)["Body"].read() == b"1"
listed = s3.list_object_versions(Bucket=bucket, Prefix="versioned")
assert (len(listed["Versions"]), len(listed["DeleteMarkers"])) == (1, 1)
