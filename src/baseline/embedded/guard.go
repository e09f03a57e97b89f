package embedded

import (
	"fmt"
	"runtime/debug"
)

// guard runs do and makes an error of the panics and memory faults by which bbolt answers damaged pages and files cut short under its
// memory map, so that damage ends a run with a message and not with a stack trace.
func guard(do func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%w (%v)", ErrDamaged, r)
		}
	}()
	return do()
}
