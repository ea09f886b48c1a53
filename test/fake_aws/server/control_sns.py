"""/_control/ calls for topics, and the mailbox of endpoints without an HTTP server."""


def set_options(app, given):
    """{"auto_confirm": true}: an endpoint confirms as soon as it has received the request."""
    unknown = set(given) - {"auto_confirm"}
    if unknown:
        raise ValueError("no such settings: " + ", ".join(sorted(unknown)))
    app.state.sns.auto_confirm = given["auto_confirm"]


def described(subscription):
    return {"arn": subscription.arn, "protocol": subscription.protocol,
            "endpoint": subscription.endpoint, "confirmed": subscription.is_confirmed,
            "token": subscription.token}


def get_topics(app, given):
    """`waiting`: messages still to be posted; `deliveries`: posted ones, with the status or the
    error."""
    sns = app.state.sns
    topics = {topic.arn: {"attributes": topic.attributes,
                          "subscriptions": [described(subscription)
                                            for subscription in topic.subscriptions.values()]}
              for topic in sns.topics.values()}
    return {"topics": topics, "waiting": sns.waiting, "deliveries": sns.deliveries}


def get_mailbox(app, given):
    """?endpoint=ADDRESS: only messages to it."""
    wanted = given.get("endpoint", [None])[0]
    return {"messages": [message for message in app.state.sns.mailbox
                         if wanted in (None, message["endpoint"])]}


def empty_mailbox(app, given):
    app.state.sns.mailbox.clear()


CALLS = {("GET", "sns"): get_topics, ("POST", "sns"): set_options, ("GET", "mailbox"): get_mailbox,
         ("POST", "empty-mailbox"): empty_mailbox}
