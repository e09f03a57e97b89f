// Package instances tells what EC2 says of an instance whose credentials were used: whether it exists, and whether a source address is
// its own or its VPC's.
//
// It settles what the address rule of discern can only suspect (IDENTITY.md, "Instance credentials used off the instance"), and only for
// calls made a short while ago: EC2 soon forgets terminated instances and addresses given back. Of older calls, and where EC2 may not be
// asked, it says nothing, and the address rule stands. It makes no anomaly, and remembers answers for an hour at most.
package instances
