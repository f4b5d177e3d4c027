package live

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/db"
)

// cursor is a place in the order of events: by writing transaction, then by id. Everything up to it is final.
type cursor struct{ xid, id int64 }

// before is the place between all transactions below xid and the rest.
func before(xid int64) cursor { return cursor{xid: xid - 1, id: math.MaxInt64} }

// after tells whether c lies behind d.
func (c cursor) after(d cursor) bool { return c.xid > d.xid || c.xid == d.xid && c.id > d.id }

// String is what clients give back to resume.
func (c cursor) String() string { return fmt.Sprintf("%d-%d", c.xid, c.id) }

// parseCursor reads what String wrote.
func parseCursor(s string) (cursor, error) {
	first, second, ok := strings.Cut(s, "-")
	xid, xidErr := strconv.ParseUint(first, 10, 63)
	id, idErr := strconv.ParseUint(second, 10, 63)
	if !ok || xidErr != nil || idErr != nil {
		return cursor{}, errors.New("not a cursor")
	}
	return cursor{xid: int64(xid), id: int64(id)}, nil
}

// event is one message on its way to the streams of its organization, which share it.
type event struct {
	at      cursor
	org     uuid.UUID
	message []byte // LiveEvent of openapi.yaml; never written to
	age     time.Duration
}

// message is what clients get: ids, and no word about anybody.
type message struct {
	Type   string    `json:"type"`
	Entity string    `json:"entity"`
	ID     uuid.UUID `json:"id"`
	At     time.Time `json:"at"`
}

// newEvent makes a row an event; false for a row that only says how far was read.
func newEvent(row db.RelayedEvent) (*event, bool, error) {
	if row.Xid == nil || row.ID == nil || row.OrgID == nil || row.Kind == nil || row.Entity == nil || row.EntityID == nil || row.At == nil {
		return nil, false, nil
	}
	encoded, err := json.Marshal(message{Type: *row.Kind, Entity: *row.Entity, ID: *row.EntityID, At: row.At.UTC()})
	if err != nil {
		return nil, false, fmt.Errorf("encode an event: %w", err)
	}
	e := &event{at: cursor{xid: *row.Xid, id: *row.ID}, org: *row.OrgID, message: encoded}
	if row.ReadAt != nil {
		e.age = row.ReadAt.Sub(*row.At)
	}
	return e, true, nil
}
