package embedded

import (
	"fmt"
	"runtime/debug"
)

// guard runs do and makes an error of the panics and memory faults by which bbolt answers damaged pages and files cut short under its
// memory map, so that damage ends a run with a message and not with a stack trace. After one nothing more is done to the file: bbolt's
// locks may still be held, and waiting for them would be for ever.
func (s *Store) guard(do func() error) (err error) {
	if s.broken.Load() {
		return ErrDamaged
	}
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			s.broken.Store(true)
			err = fmt.Errorf("%w (%v)", ErrDamaged, r)
		}
	}()
	return do()
}
