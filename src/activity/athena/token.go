package athena

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// token names a query, so that Athena runs it once however often it is handed in: by a retry, or by the next run after one that was killed. after is
// the id of an execution of the same query whose answer is of no use; without it the token would lead to that for ever.
func (d *desk) token(account, window, text, after string) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{account, window, text, d.place.name, d.database, d.place.effective, after}, "\x1f")))
	return hex.EncodeToString(sum[:])
}
