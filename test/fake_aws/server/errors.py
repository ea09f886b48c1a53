"""Refusals of services."""


class Refusal(Exception):
    """A status, a code and a message; each service has its own form for them. `fields`: additional
    elements for S3; `headers`: additional headers."""

    def __init__(self, status, code, message="", fields=None, headers=None):
        super().__init__(code)
        self.status = status
        self.code = code
        self.message = message or code
        self.fields = dict(fields or {})
        self.headers = dict(headers or {})


class S3Error(Refusal):
    """With a code of S3. Code for all services also raises these; glacier.errors and sns.service
    translate them."""


class Cut(Exception):
    """Ends the connection, whatever the client waits for."""


def invalid_argument(message, name="", value=""):
    fields = {"ArgumentName": name, "ArgumentValue": value} if name else {}
    return S3Error(400, "InvalidArgument", message, fields)


def invalid_request(message):
    return S3Error(400, "InvalidRequest", message)


def malformed_xml():
    return S3Error(400, "MalformedXML",
                   "The XML you provided was not well-formed or did not validate against our "
                   "published schema")


def access_denied(message="Access Denied"):
    return S3Error(403, "AccessDenied", message)


def no_such_key(key):
    return S3Error(404, "NoSuchKey", "The specified key does not exist.", {"Key": key})


def no_such_upload(upload_id):
    return S3Error(404, "NoSuchUpload",
                   "The specified upload does not exist. The upload ID may be invalid, or the "
                   "upload may have been aborted or completed.",
                   {"UploadId": upload_id})


def not_implemented(what):
    return S3Error(501, "NotImplemented", "A header or parameter you provided implies "
                                          "functionality that is not implemented",
                   {"Header": what})
