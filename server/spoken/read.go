package spoken

import (
	"strings"
	"time"
)

// Words are the raw arguments of a tool call. Any may be empty, and a model may put any of them in the wrong place: an
// ISO date-time or "tomorrow at two" is read in whichever field it stands.
type Words struct {
	Date, Time, Weekday, PartOfDay string
}

// Span is one stretch of opening hours, in minutes of the local day: [Opens, Closes).
type Span struct {
	Weekday       time.Weekday
	Opens, Closes int
}

// Clock is where and when the words are heard.
type Clock struct {
	// Now is the present moment.
	Now time.Time
	// Zone is the location's; UTC when nil.
	Zone *time.Location
	// Locale is a BCP 47 tag such as en-US, en-GB or es-ES.
	Locale string
	// Open is the week's opening hours; empty when they are not known, and then no bare hour is taken as clear.
	Open []Span
	// HorizonDays is how far ahead a day may lie; 0 means two years.
	HorizonDays int
}

// When is what the words say.
type When struct {
	// Day is the local day.
	Day Date
	// HasTime tells whether a time of day was said. Start is then the instant, in the clock's zone, and never in the past.
	HasTime bool
	Start   time.Time
	// From and To are a window in minutes of the local day, [From, To), when only a part of the day was said; both are 0
	// when any time will do.
	From, To int
}

// defaultHorizon keeps a wrong century or a misheard year from becoming a booking.
const defaultHorizon = 2 * 366

// Read returns the day, and the time or part of day if one was said, or the question that has to be asked first.
// An offset-less time is the clinic's local time; an explicit offset is honoured.
func Read(w Words, c Clock) (When, *Doubt) {
	r := newReader(c)
	found, doubt := r.scanAll(w)
	if doubt != nil {
		return When{}, doubt
	}
	days, doubt := r.settleDay(found)
	if doubt != nil {
		return When{}, doubt
	}
	if len(found.times) == 0 {
		return r.settlePart(found, days)
	}
	return r.settleTime(found, days)
}

// reader is a Clock made ready to read with.
type reader struct {
	now     time.Time
	today   Date
	zone    *time.Location
	open    []Span
	horizon int
	lang    language
}

func newReader(c Clock) *reader {
	zone := c.Zone
	if zone == nil {
		zone = time.UTC
	}
	horizon := c.HorizonDays
	if horizon <= 0 {
		horizon = defaultHorizon
	}
	now := c.Now.In(zone)
	return &reader{now: now, today: DateOf(now), zone: zone, open: c.Open, horizon: horizon, lang: languageOf(c.Locale)}
}

// scanAll reads the four fields into one set of findings.
func (r *reader) scanAll(w Words) (*findings, *Doubt) {
	found := &findings{}
	hasTime := strings.TrimSpace(w.Time) != ""
	for _, f := range []struct{ name, text string }{
		{FieldDate, w.Date}, {FieldWeekday, w.Weekday}, {FieldTime, w.Time}, {FieldPartOfDay, w.PartOfDay},
	} {
		if doubt := r.scanField(found, f.name, f.text, hasTime); doubt != nil {
			return nil, doubt
		}
	}
	return found, nil
}

func (r *reader) scanField(found *findings, field, text string, hasTime bool) *Doubt {
	text = strings.TrimSpace(text)
	if text == "" {
		return nil
	}
	if r.scanISO(found, field, text) {
		return nil
	}
	s := &scan{items: r.lang.items(text), field: field, hasTime: hasTime, reader: r, found: found}
	if len(text) > maxSpoken || !s.run() {
		return r.unclear(field)
	}
	return s.doubt
}

// unclear asks for a field again. It names today, so that the model can work out the date for itself.
func (r *reader) unclear(field string) *Doubt {
	if field == FieldTime || field == FieldPartOfDay {
		return doubtf(TimeUnclear, field, "I did not understand the time. What time would you like?")
	}
	return doubtf(DateUnclear, field, "I did not understand the day. Today is %s. Which day and date would you like?", r.sayToday())
}

func (r *reader) sayToday() string {
	return SayDate(r.today) + ", " + r.today.utc().Format("2006")
}
