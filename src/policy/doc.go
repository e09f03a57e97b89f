// Package policy says which AWS permissions a command needs, and prints them as JSON or as a CloudFormation template.
//
// It calls nothing and knows no settings: a Plan says what is used, and each part of it that is empty leaves its statements out. calls.go
// is the table of everything that the other rooms call; a test holds it against their source and against the statements, in both
// directions, so that what is granted and what is called can't drift apart. docs/security.md explains each permission in words.
package policy
