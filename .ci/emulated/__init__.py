"""Deploys template.yaml and the packages in target/lambda into an emulator of AWS, and uses the API as products do, over HTTP.

What the emulator (ministack, pinned in .ci/requirements-emulator.txt) cannot do, and what is done instead. Nothing of this
is in template.yaml, which is deployed as it is:

  routes            It makes an HTTP API without looking at its `Body`, in which SAM writes routes and CORS. They are made one
                    by one, as the template has them, after the deployment.
  key sets          The template takes an identity provider by https alone, which is right, and there is none here. The
                    functions are told afterwards to fetch the keys over http; the issuer in tokens is the deployed one.
  DKIM records      An identity that is a domain has no attributes of records, so the mail identity is an address. That is
                    proven at once.
  alarms            It knows no metric math, so `Monitoring` is off, as in the dev stage of samconfig.toml.
  what SES tells    It takes mail and tells nobody what became of it. Events as SES words them are held against the rule of the
                    stack and given to its target.
  time              No clock can be moved in AWS. Here libfaketime stands between the emulator, with all functions that
                    it starts, and the system's clock.
  permissions       IAM is not enforced: that roles allow what functions do, and no more, is shown by the tests in Rust.
  failed records    It takes each record of a batch from the stream as done, also those that a function names as failed:
                    launch.py fixes that.
  speed             Its queries are slow, which launch.py fixes as well. It is one process of Python still: what takes
                    longer than functions wait for, or may run, ends in a 5xx, and the request is repeated under its
                    idempotency key, as callers should; how often is printed.
  deletion          It heeds neither deletion policies nor deletion protection: whatever a stack made is gone with it.
  limits            Mail is sent at a thousand a second, and not at the one of a new account. Neither routes nor the table are
                    throttled, and the table has no partitions. Functions have the ten concurrent executions of a new
                    account.
"""
