SELECT kind, account, hour, principal, action, ending, instance, address, file, first_time, last_time, records, events,
  json_format(CAST(array_distinct(transform(places, p -> element_at(split(p, chr(31)), -1))) AS JSON)) AS files, json_format(CAST(everywhere AS JSON)) AS everywhere
FROM (SELECT kind, account, hour, principal, action, ending, instance, address, file,
  min(at) AS first_time, max(at) AS last_time, count(*) AS records, count(DISTINCT id) + count_if(id IS NULL) AS events, min(place, 10) AS places,
  array_agg(DISTINCT witness) FILTER (WHERE witness IS NOT NULL) AS everywhere
FROM (SELECT kind, account, hour, at,
  IF(kind <> 'file', principal) AS principal, IF(kind <> 'file', action) AS action, IF(kind = 'file', class, outcome) AS ending,
  IF(kind = 'instance_credentials', session) AS instance, IF(kind = 'instance_credentials', ip) AS address,
  IF(kind = 'file', file) AS file, IF(kind <> 'file', file) AS witness, IF(kind <> 'file', id) AS id,
  IF(kind <> 'file', at || chr(31) || COALESCE(id, '') || chr(31) || file) AS place
FROM (SELECT *, own || IF(recipient IS NOT NULL AND NOT (starts_with(own, 'service:') OR starts_with(own, 'anonymous:') OR starts_with(own, 'none:'))
    AND (type IN ('AWSAccount', 'SAMLUser', 'WebIdentityUser', 'IdentityCenterUser') OR owner <> recipient), '@' || recipient, '') AS principal
FROM (SELECT *, CASE
    WHEN type = 'AssumedRole' THEN COALESCE(issuer, regexp_replace(pid, ':[^:]*\z', ''), 'role:' || regexp_replace(arn, '/?[^/]*\z', ''))
    WHEN type = 'IAMUser' THEN COALESCE(pid, 'user:' || home || '/' || COALESCE(username, ''))
    WHEN type = 'Root' THEN 'root:' || home
    WHEN type = 'FederatedUser' THEN 'federated:' || COALESCE(issuer, pid, '')
    WHEN type = 'AWSService' OR (type = '' AND invoker <> '') THEN 'service:' || account || '/' || invoker
    WHEN type = 'AWSAccount' AND owner = 'ANONYMOUS_PRINCIPAL' THEN 'anonymous:' || COALESCE(recipient, '')
    WHEN type = 'AWSAccount' THEN 'account:' || COALESCE(owner, '') || '/' || split_part(COALESCE(pid, ''), ':', 1)
    WHEN type IN ('SAMLUser', 'WebIdentityUser') THEN IF(type = 'SAMLUser', 'saml:', 'web:') || COALESCE(provider || '/' || username, pid, username, '')
    WHEN type = 'IdentityCenterUser' THEN 'idc:' || element_at(split(store, '/'), -1) || '/' || COALESCE(human, pid, username, '')
    WHEN type = 'Directory' THEN 'directory:' || home || '/' || COALESCE(username, arn)
    WHEN type = 'Unknown' THEN 'unknown:' || home || '/' || COALESCE(pid, username, '')
    WHEN type = '' THEN 'none:' || account
    ELSE lower(type) || ':' || home || '/' || COALESCE(pid, NULLIF(arn, ''), username, '') END AS own
FROM (SELECT *,
  COALESCE(recipient, owner, '') AS account, COALESCE(owner, recipient, '') AS home,
  source || ':' || name AS action, CASE
    WHEN name = 'ConsoleLogin' AND (message IS NOT NULL OR json_extract_scalar(answer, '$.ConsoleLogin') = 'Failure') THEN 'denied'
    WHEN code IS NULL AND message IS NULL THEN 'ok'
    WHEN strpos(code, 'AccessDenied') > 0 OR strpos(code, 'Unauthorized') > 0 OR strpos(code, 'Forbidden') > 0 THEN 'denied'
    ELSE 'error' END AS outcome, CASE WHEN category = 'Insight' OR kind_of_event = 'AwsCloudTrailInsight' THEN 'insight'
    WHEN source IS NULL OR name IS NULL THEN 'nameless'
    WHEN category NOT IN ('Management', 'Data') THEN 'other'
    WHEN category = 'Data' THEN 'data' WHEN readonly = 'true' THEN 'read' ELSE 'write' END AS class,
  element_at(split(arn, '/'), -1) AS session,
  IF(plain, substr(moment, 1, 19) || 'Z', moment) AS at, IF(plain, substr(moment, 1, 13), moment) AS hour
FROM (SELECT
    replace("$path", 's3://logs/o''neill/trail/AWSLogs/o-exampleorg/111122223333/CloudTrail/', '') AS file, NULLIF(eventid, '') AS id, COALESCE(eventtime, '') AS moment,
    COALESCE(regexp_like(eventtime, '\A[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.,][0-9]+)?Z\z'), false) AS plain,
    NULLIF(eventsource, '') AS source, NULLIF(eventname, '') AS name, NULLIF(eventcategory, '') AS category, COALESCE(eventtype, '') AS kind_of_event,
    COALESCE(readonly, '') AS readonly, NULLIF(errorcode, '') AS code, NULLIF(errormessage, '') AS message, COALESCE(sourceipaddress, '') AS ip,
    responseelements AS answer, additionaleventdata AS more, NULLIF(recipientaccountid, '') AS recipient,
    COALESCE(useridentity.type, '') AS type, NULLIF(useridentity.principalid, '') AS pid, COALESCE(useridentity.arn, '') AS arn,
    NULLIF(useridentity.accountid, '') AS owner, NULLIF(useridentity.username, '') AS username, COALESCE(useridentity.invokedby, '') AS invoker,
    COALESCE(useridentity.accesskeyid, '') AS access_key, NULLIF(useridentity.identityprovider, '') AS provider,
    NULLIF(useridentity.onbehalfof.userid, '') AS human, COALESCE(useridentity.onbehalfof.identitystorearn, '') AS store,
    NULLIF(useridentity.sessioncontext.sessionissuer.principalid, '') AS issuer
  FROM "default"."ct_anomaly_111122223333"
  WHERE "region" IN ('eu-central-1', 'us-east-1')
    AND "day" IN ('2026/11/21', '2026/11/22')
    AND ("$path" BETWEEN 's3://logs/o''neill/trail/AWSLogs/o-exampleorg/111122223333/CloudTrail/eu-central-1/2026/11/21/111122223333_CloudTrail_eu-central-1_20261121T2210Z' AND 's3://logs/o''neill/trail/AWSLogs/o-exampleorg/111122223333/CloudTrail/eu-central-1/2026/11/22/~'
      OR "$path" BETWEEN 's3://logs/o''neill/trail/AWSLogs/o-exampleorg/111122223333/CloudTrail/us-east-1/2026/11/21/111122223333_CloudTrail_us-east-1_20261121T2210Z' AND 's3://logs/o''neill/trail/AWSLogs/o-exampleorg/111122223333/CloudTrail/us-east-1/2026/11/22/~')
    AND "$path" <> 's3://logs/o''neill/bad.json.gz'
)))) CROSS JOIN UNNEST(filter(ARRAY['file',
  IF(class IN ('data', 'read', 'write'), 'pair'),
  IF(class IN ('data', 'read', 'write') AND source IN ('logs.amazonaws.com', 'cloudtrail.amazonaws.com') AND starts_with(name, 'Delete'), 'log_deletion'),
  IF(class IN ('data', 'read', 'write') AND source = 'cloudtrail.amazonaws.com' AND name = 'StopLogging', 'stop_logging'),
  IF(class IN ('data', 'read', 'write') AND type = 'AssumedRole' AND starts_with(access_key, 'AS') AND regexp_like(arn, '/i-[a-zA-Z0-9]{8,}\z'), 'instance_credentials'),
  IF(class IN ('data', 'read', 'write') AND type = 'Root' AND kind_of_event <> 'AwsServiceEvent' AND invoker IN ('', 'signin.amazonaws.com'), 'root_activity'),
  IF(class IN ('data', 'read', 'write') AND source = 'signin.amazonaws.com' AND name = 'ConsoleLogin' AND type IN ('IAMUser', 'Root') AND outcome = 'ok'
    AND lower(json_extract_scalar(more, '$.MFAUsed')) = 'no', 'console_login_without_mfa')], k -> k IS NOT NULL)) AS u (kind)
)
GROUP BY kind, account, hour, principal, action, ending, instance, address, file
)
