package cloudtrail

import "encoding/binary"

// A field is one of the keys of a record that are told apart while reading; all others are fieldOther.
type field uint8

const (
	fieldOther field = iota
	fieldUserIdentity
	fieldEventTime
	fieldEventSource
	fieldEventName
	fieldErrorCode
	fieldErrorMessage
	fieldReadOnly
	fieldEventType
	fieldRecipientAccountID
	fieldEventCategory
	fieldSourceIPAddress

	fieldPassed // from here on fields are known by name only, so that they can be foreseen
)

// fieldNames are the keys as they stand in a file, with quotes and colon. Those that nobody reads are here because a key that is
// foreseen is passed faster than one that must be looked at. Order and list are from the CloudTrail record contents in the AWS
// CloudTrail User Guide; any other key is read as well, a little slower.
var fieldNames = [...]string{
	fieldOther:              "\x00", // stands nowhere in JSON
	fieldUserIdentity:       `"userIdentity":`,
	fieldEventTime:          `"eventTime":`,
	fieldEventSource:        `"eventSource":`,
	fieldEventName:          `"eventName":`,
	fieldErrorCode:          `"errorCode":`,
	fieldErrorMessage:       `"errorMessage":`,
	fieldReadOnly:           `"readOnly":`,
	fieldEventType:          `"eventType":`,
	fieldRecipientAccountID: `"recipientAccountId":`,
	fieldEventCategory:      `"eventCategory":`,
	fieldSourceIPAddress:    `"sourceIPAddress":`,
	fieldPassed:             `"eventVersion":`,
	fieldPassed + 1:         `"awsRegion":`,
	fieldPassed + 2:         `"userAgent":`,
	fieldPassed + 3:         `"requestParameters":`,
	fieldPassed + 4:         `"responseElements":`,
	fieldPassed + 5:         `"additionalEventData":`,
	fieldPassed + 6:         `"requestID":`,
	fieldPassed + 7:         `"eventID":`,
	fieldPassed + 8:         `"resources":`,
	fieldPassed + 9:         `"apiVersion":`,
	fieldPassed + 10:        `"managementEvent":`,
	fieldPassed + 11:        `"sharedEventID":`,
	fieldPassed + 12:        `"vpcEndpointId":`,
	fieldPassed + 13:        `"vpcEndpointAccountId":`,
	fieldPassed + 14:        `"serviceEventDetails":`,
	fieldPassed + 15:        `"sessionCredentialFromConsole":`,
	fieldPassed + 16:        `"tlsDetails":`,
}

// fieldsByName finds a field by its key without quotes.
var fieldsByName = func() map[string]field {
	m := make(map[string]field, len(fieldNames))
	for f, name := range fieldNames[1:] {
		m[name[1:len(name)-2]] = field(f + 1)
	}
	return m
}()

// A fieldKey is a name as three words, for a comparison without a loop: those bytes of each that the mask covers.
type fieldKey struct {
	words, masks [3]uint64
	size         int
}

// fieldKeys holds the names that fit; the others match nothing.
var fieldKeys = func() (keys [len(fieldNames)]fieldKey) {
	for f, name := range fieldNames {
		k := &keys[f]
		if k.size = len(name); k.size > 24 {
			name = fieldNames[fieldOther]
		}
		var text, mask [24]byte
		for i := range copy(text[:], name) {
			mask[i] = 0xff
		}
		for i := range k.words {
			k.words[i] = binary.LittleEndian.Uint64(text[8*i:])
			k.masks[i] = binary.LittleEndian.Uint64(mask[8*i:])
		}
	}
	return keys
}()

// begins tells whether the key stands at the front of 24 bytes.
func (k *fieldKey) begins(b []byte) bool {
	b = b[:24]
	x := (binary.LittleEndian.Uint64(b) ^ k.words[0]) & k.masks[0]
	y := (binary.LittleEndian.Uint64(b[8:]) ^ k.words[1]) & k.masks[1]
	z := (binary.LittleEndian.Uint64(b[16:]) ^ k.words[2]) & k.masks[2]
	return x|y|z == 0
}

// foresight guesses each record's next key: the one that followed the last key in the record before. So keys may stand in any order,
// and are still rarely looked at.
type foresight [len(fieldNames)]field

// key reads a key and its colon at i, where a quote stands, and gives the position after the colon.
func (fs *foresight) key(b []byte, i int, after field) (field, int) {
	f := fs[after]
	if k := &fieldKeys[f]; k.begins(b[i:]) {
		return f, i + k.size
	}
	end := stringEnd(b, i+1)
	if end < 0 {
		return 0, end
	}
	f = fieldNamed(b[i+1 : end])
	fs[after] = f
	if i = end + 1; b[i] != ':' {
		if i = space(b, i); b[i] != ':' {
			return 0, ^i
		}
	}
	return f, i + 1
}

func fieldNamed(key []byte) field {
	if f, ok := fieldsByName[string(key)]; ok {
		return f
	}
	for _, c := range key {
		if c == '\\' {
			return fieldsByName[string(unquote(nil, key))]
		}
	}
	return fieldOther
}
