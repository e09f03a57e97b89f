package athena

// ownKeySQL is the key of who acted, without what a visitor's has besides: IDENTITY.md of the product's rules, and Record.Principal of
// src/cloudtrail, branch by branch. recipient, owner, issuer, pid, username, human and provider are NULL where they are empty; the others are empty strings then.
const ownKeySQL = `CASE
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
    ELSE lower(type) || ':' || home || '/' || COALESCE(pid, NULLIF(arn, ''), username, '') END`

// visitorSQL is what a visitor's key has besides: the account in whose log the record stands. A comparison with an owner that is NULL is no
// TRUE.
const visitorSQL = `IF(recipient IS NOT NULL AND NOT (starts_with(own, 'service:') OR starts_with(own, 'anonymous:') OR starts_with(own, 'none:'))
    AND (type IN ('AWSAccount', 'SAMLUser', 'WebIdentityUser', 'IdentityCenterUser') OR owner <> recipient), '@' || recipient, '')`

// outcomeSQL tells how a call ended: Record.Outcome of src/cloudtrail. A console login that failed has no errorCode.
const outcomeSQL = `CASE
    WHEN name = 'ConsoleLogin' AND (message IS NOT NULL OR json_extract_scalar(answer, '$.ConsoleLogin') = 'Failure') THEN 'denied'
    WHEN code IS NULL AND message IS NULL THEN 'ok'
    WHEN strpos(code, 'AccessDenied') > 0 OR strpos(code, 'Unauthorized') > 0 OR strpos(code, 'Forbidden') > 0 THEN 'denied'
    ELSE 'error' END`
