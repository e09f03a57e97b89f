package cloudtrail

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"unicode/utf8"
)

// The longest names in bytes. Principal and action are the keys of a DynamoDB table, whose limits these are ("Quotas in Amazon
// DynamoDB"). Account, instance and address have no limit of their own and get one that nothing real reaches.
const (
	maxPrincipal = 2048
	maxAction    = 1024
	maxDetail    = 256
)

// limit keeps a name as it is where it is at most size bytes of UTF-8; a longer one is cut at a rune and told apart by the SHA-256 of
// the whole.
func limit(name string, size int) string {
	if len(name) <= size {
		return name
	}
	sum := sha256.Sum256([]byte(name))
	suffix := "~" + hex.EncodeToString(sum[:])
	cut := size - len(suffix)
	for cut > 0 && !utf8.RuneStart(name[cut]) {
		cut--
	}
	return strings.Clone(name[:cut]) + suffix
}
