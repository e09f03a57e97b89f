package trust

import (
	"fmt"
	"strings"
)

// whose splits what names a role into its account and its name, which is what iam:GetRole takes.
//
//	deploy
//	arn:aws:iam::111122223333:role/team/deploy
//	arn:aws:iam::111122223333:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS
//	arn:aws-cn:sts::111122223333:assumed-role/deploy/session
func whose(account, role string) (owner, name string, err error) {
	owner, name = account, role
	if strings.HasPrefix(role, "arn:") {
		if owner, name, err = fromARN(role); err != nil {
			return "", "", err
		}
	}
	if !roleName(name) {
		return "", "", fmt.Errorf("ask about a role by a name that IAM does not allow: %w", ErrNotRole)
	}
	return owner, name, nil
}

func fromARN(arn string) (account, name string, err error) {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 {
		return "", "", fmt.Errorf("ask about a role by an ARN of %d parts: %w", len(parts), ErrNotRole)
	}
	kind, path, _ := strings.Cut(parts[5], "/")
	switch parts[2] + ":" + kind {
	case "iam:role":
		return parts[4], path[strings.LastIndexByte(path, '/')+1:], nil
	case "sts:assumed-role":
		name, _, _ = strings.Cut(path, "/")
		return parts[4], name, nil
	}
	return "", "", fmt.Errorf("ask about a role by the ARN of another thing: %w", ErrNotRole)
}

// roleName tells whether IAM allows a name for a role: up to 64 letters, digits and _+=,.@-
//
// Source: IAM API reference, GetRole, RoleName.
func roleName(name string) bool {
	if name == "" || len(name) > 64 {
		return false
	}
	for i := range len(name) {
		c := name[i]
		if (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && !strings.ContainsRune("_+=,.@-", rune(c)) {
			return false
		}
	}
	return true
}
