package server

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/db/vault"
)

const (
	exportPath = "/api/exports/"
	// exportLinkLasts is how long the address of an exported file works: a click, not a bookmark.
	exportLinkLasts = 10 * time.Minute

	linkFields = 3*16 + 8 // bytes: organization, member, export, end
	linkSigned = linkFields + 32
	// exportUse is what the mark of these links is for.
	exportUse = "transcript export"
)

// Links makes and reads addresses of ours that need no access token: whoever has one may fetch what it names until it
// ends. They are signed, not stored. It is safe for concurrent use.
type Links struct {
	keys *vault.Keyring
	base string
}

// NewLinks makes addresses under backendURL, which has no trailing slash.
func NewLinks(keys *vault.Keyring, backendURL string) *Links { return &Links{keys, backendURL} }

// exportLink is what the address of an export says.
type exportLink struct {
	claims  Claims // of the member who made it
	message uuid.UUID
	until   time.Time
}

// export is the address of an export of a member's.
func (l *Links) export(by Claims, message uuid.UUID, until time.Time) string {
	says := append(append(append(make([]byte, 0, linkSigned), by.OrgID[:]...), by.UserID[:]...), message[:]...)
	says = binary.BigEndian.AppendUint64(says, uint64(until.Unix()))
	signature := l.keys.Mark(exportUse, string(says))
	return l.base + exportPath + base64.RawURLEncoding.EncodeToString(append(says, signature...))
}

// readExport reads the end of an address. Errors: not_found for what we did not sign, gone once it ended.
func (l *Links) readExport(token string, now time.Time) (link exportLink, err error) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(raw) != linkSigned || !l.keys.Marked(exportUse, string(raw[:linkFields]), raw[linkFields:]) {
		return link, NewError(CodeNotFound, sentenceNotFound, errors.New("no link of ours"))
	}
	link.until = time.Unix(int64(binary.BigEndian.Uint64(raw[48:linkFields])), 0)
	if !now.Before(link.until) {
		return link, NewError(CodeGone, "This link has expired. Export the transcript again.", nil)
	}
	link.message = uuid.UUID(raw[32:48])
	link.claims, err = NewClaims(uuid.UUID(raw[:16]), uuid.UUID(raw[16:32]), link.until)
	return link, err
}
