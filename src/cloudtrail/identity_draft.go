package cloudtrail

import "slices"

// A draft is an Identity in the making. It walks a userIdentity once, checks it as skip would, and notes which strings it holds; in the
// end they are cut from one copy of the whole, so that an Identity costs two allocations.
type draft struct {
	nesting *nesting
	b       []byte
	depth   int // of open containers
	id      *Identity
	found   []found
}

// found is a string of the buffer and the field it is for; one that does not spell itself has been unescaped.
type found struct {
	field    *string
	from, to int
	spelt    []byte
}

// read reads the object at i and gives the identity, a copy of the object's bytes, and its end.
func (d *draft) read(b []byte, i int) (id *Identity, raw string, end int) {
	d.b, d.depth, d.id, d.found = b, recordDepth, new(Identity), d.found[:0]
	if end = d.object(i, d.identity); end < 0 {
		return nil, "", end
	}
	raw = string(b[i:end])
	for _, f := range d.found {
		if f.spelt != nil {
			*f.field = string(f.spelt)
		} else {
			*f.field = raw[f.from-i : f.to-i]
		}
	}
	return d.id, raw, end
}

// object walks the members of the object at i; a value that is none has none. The callback steps over a member's value.
func (d *draft) object(i int, member func(name []byte, i int) int) int {
	b := d.b
	if b[i] != '{' {
		return d.skip(i)
	}
	d.depth++
	defer func() { d.depth-- }()
	if i = space(b, i+1); b[i] == '}' {
		return i + 1
	}
	for {
		if b[i] != '"' {
			return ^i
		}
		name, end := d.string(i)
		if end < 0 {
			return end
		}
		if i = space(b, end); b[i] != ':' {
			return ^i
		}
		if i = member(name, space(b, i+1)); i < 0 {
			return i
		}
		switch i = space(b, i); b[i] {
		case ',':
			i = space(b, i+1)
		case '}':
			return i + 1
		default:
			return ^i
		}
	}
}

func (d *draft) skip(i int) int { return d.nesting.skip(d.b, i, d.depth) }

// string gives what the string at i spells, and its end.
func (d *draft) string(i int) ([]byte, int) {
	end, plain := plainEnd(d.b, i+1)
	if plain {
		return d.b[i+1 : end], end + 1
	}
	if end = stringEnd(d.b, end); end < 0 {
		return nil, end
	}
	return unquote([]byte{}, d.b[i+1:end]), end + 1
}

// text notes the string at i for a field; any other value empties it. Of a doubled key the last counts.
func (d *draft) text(field *string, i int) int {
	d.forget(field)
	if d.b[i] != '"' {
		return d.skip(i)
	}
	end, plain := plainEnd(d.b, i+1)
	if plain {
		d.found = append(d.found, found{field: field, from: i + 1, to: end})
		return end + 1
	}
	spelt, end := d.string(i)
	d.found = append(d.found, found{field: field, spelt: spelt})
	return end
}

func (d *draft) forget(fields ...*string) {
	d.found = slices.DeleteFunc(d.found, func(f found) bool { return slices.Contains(fields, f.field) })
}

func (d *draft) identity(name []byte, i int) int {
	id := d.id
	switch string(name) {
	case "type":
		return d.text(&id.Type, i)
	case "principalId":
		return d.text(&id.PrincipalID, i)
	case "arn":
		return d.text(&id.ARN, i)
	case "accountId":
		return d.text(&id.AccountID, i)
	case "accessKeyId":
		return d.text(&id.AccessKeyID, i)
	case "userName":
		return d.text(&id.UserName, i)
	case "invokedBy":
		return d.text(&id.InvokedBy, i)
	case "identityProvider":
		return d.text(&id.IdentityProvider, i)
	case "sessionContext":
		d.forgetIssuer()
		d.forget(&id.SourceIdentity)
		id.MFAAuthenticated = false
		return d.object(i, d.session)
	case "onBehalfOf":
		d.forget(&id.OnBehalfOfUserID, &id.IdentityStoreARN)
		return d.object(i, d.onBehalfOf)
	default:
		return d.skip(i)
	}
}

func (d *draft) session(name []byte, i int) int {
	switch string(name) {
	case "sessionIssuer":
		d.forgetIssuer()
		return d.object(i, d.issuer)
	case "attributes":
		d.id.MFAAuthenticated = false
		return d.object(i, d.attribute)
	case "sourceIdentity":
		return d.text(&d.id.SourceIdentity, i)
	default:
		return d.skip(i)
	}
}

func (d *draft) forgetIssuer() {
	id := d.id
	d.forget(&id.IssuerType, &id.IssuerPrincipalID, &id.IssuerARN, &id.IssuerAccountID, &id.IssuerUserName)
}

func (d *draft) issuer(name []byte, i int) int {
	id := d.id
	switch string(name) {
	case "type":
		return d.text(&id.IssuerType, i)
	case "principalId":
		return d.text(&id.IssuerPrincipalID, i)
	case "arn":
		return d.text(&id.IssuerARN, i)
	case "accountId":
		return d.text(&id.IssuerAccountID, i)
	case "userName":
		return d.text(&id.IssuerUserName, i)
	default:
		return d.skip(i)
	}
}

func (d *draft) attribute(name []byte, i int) int {
	end := d.skip(i)
	if end >= 0 && string(name) == "mfaAuthenticated" {
		said := string(d.b[i:end])
		d.id.MFAAuthenticated = said == `"true"` || said == "true"
	}
	return end
}

func (d *draft) onBehalfOf(name []byte, i int) int {
	switch string(name) {
	case "userId":
		return d.text(&d.id.OnBehalfOfUserID, i)
	case "identityStoreArn":
		return d.text(&d.id.IdentityStoreARN, i)
	default:
		return d.skip(i)
	}
}
