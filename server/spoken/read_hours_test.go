package spoken

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestHoursAreReadAgainstOpeningHours(t *testing.T) {
	early := everyWeekday(7*60, 20*60)
	rows := []struct {
		name string
		open []Span
		w    Words
		want string
	}{
		{"both halves open: asked", early, Words{Date: "tomorrow", Time: "seven"}, "?time_ambiguous"},
		{"both halves open, HH:MM: as the tool asks for it", early, Words{Date: "tomorrow", Time: "07:30"}, "2027-03-03 07:30"},
		{"both halves open, one over today", early, Words{Date: "today", Time: "7:30"}, "2027-03-02 19:30"},
		{"hours unknown: a bare hour is asked about", nil, Words{Date: "tomorrow", Time: "nine"}, "?time_ambiguous"},
		{"hours unknown: HH:MM is taken", nil, Words{Date: "tomorrow", Time: "09:00"}, "2027-03-03 09:00"},
		{"closing time is not open", everyWeekday(9*60, 18*60), Words{Date: "tomorrow", Time: "06:00"}, "2027-03-03 06:00"},
		{"14:00 is clear even when closed", nil, Words{Date: "tomorrow", Time: "14:00"}, "2027-03-03 14:00"},
		{"closed on Saturday: the week's hours decide", everyWeekday(9*60, 18*60), Words{Date: "Saturday", Time: "two"}, "?time_ambiguous"},
		{"closed on Saturday: ten is the morning", everyWeekday(9*60, 18*60), Words{Date: "Saturday", Time: "ten"}, "2027-03-06 10:00"},
		{"evening settles seven", early, Words{Date: "tomorrow", Time: "seven", PartOfDay: "evening"}, "2027-03-03 19:00"},
		{"the words settle seven", early, Words{Date: "tomorrow at seven in the morning"}, "2027-03-03 07:00"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			c := clockAt(t, "en-US", "America/New_York", "2027-03-02 10:10")
			c.Open = row.open
			when, doubt := Read(row.w, c)
			require.Equal(t, row.want, outcome(when, doubt))
			requireSpeakable(t, doubt)
		})
	}
}

func TestClockChanges(t *testing.T) {
	allDay := []Span{{time.Sunday, 0, 1440}}
	rows := []struct {
		name, zone, now string
		open            []Span
		w               Words
		want            string
	}{
		{"skipped in New York", "America/New_York", "2027-03-02 10:10", allDay, Words{Date: "2027-03-14", Time: "02:30"}, "?time_skipped"},
		{"skipped in London", "Europe/London", "2027-03-02 10:10", allDay, Words{Date: "2027-03-28", Time: "1:30 am"}, "?time_skipped"},
		{"just after the gap", "America/New_York", "2027-03-02 10:10", allDay, Words{Date: "2027-03-14", Time: "3 am"}, "2027-03-14 03:00"},
		{"twice in New York while open", "America/New_York", "2027-11-01 10:10", allDay, Words{Date: "2027-11-07", Time: "1:30 am"}, "?time_twice"},
		{"twice in New York, closed anyway", "America/New_York", "2027-11-01 10:10", everyWeekday(540, 1080), Words{Date: "2027-11-07", Time: "1:30 am"}, "2027-11-07 01:30"},
		{"an offset says which of the two", "America/New_York", "2027-11-01 10:10", allDay, Words{Date: "2027-11-07T01:30:00-05:00"}, "2027-11-07 01:30"},
		{"the afternoon of that day", "America/New_York", "2027-03-02 10:10", allDay, Words{Date: "2027-03-14", Time: "2 pm"}, "2027-03-14 14:00"},
		{"half an hour in Lord Howe", "Australia/Lord_Howe", "2027-09-01 10:10", allDay, Words{Date: "2027-10-03", Time: "2:15 am"}, "?time_skipped"},
		{"midnight that does not exist", "Africa/Cairo", "2027-03-02 10:10", allDay, Words{Date: "2027-04-30", Time: "midnight"}, "?time_skipped"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			c := clockAt(t, "en-US", row.zone, row.now)
			c.Open = row.open
			when, doubt := Read(row.w, c)
			require.Equal(t, row.want, outcome(when, doubt), "%+v", doubt)
			requireSpeakable(t, doubt)
		})
	}
}

func TestTheOffsetChoosesTheInstant(t *testing.T) {
	c := clockAt(t, "en-US", "America/New_York", "2027-11-01 10:10")
	c.Open = []Span{{time.Sunday, 0, 1440}}
	for _, text := range []string{"2027-11-07T01:30:00-04:00", "2027-11-07T01:30:00-05:00"} {
		when, doubt := Read(Words{Date: text}, c)
		require.Nil(t, doubt)
		require.Equal(t, text, when.Start.Format(time.RFC3339))
	}
}

func TestBetweenTheTwoOnlyTheSecondIsLeft(t *testing.T) {
	c := clockAt(t, "en-US", "America/New_York", "2027-11-07 01:45") // the first 1:45
	c.Open = []Span{{time.Sunday, 0, 1440}}
	when, doubt := Read(Words{Date: "today", Time: "1:30 am"}, c)
	require.Nil(t, doubt)
	require.Equal(t, "2027-11-07T01:30:00-05:00", when.Start.Format(time.RFC3339))
}

func TestTheLocalesOrderComesFirst(t *testing.T) {
	for locale, want := range map[string]string{
		"en-US": "Do you mean Thursday, March 4 or Saturday, April 3?",
		"en-GB": "Do you mean Saturday, April 3 or Thursday, March 4?",
		"es-ES": "Do you mean Saturday, April 3 or Thursday, March 4?",
	} {
		_, doubt := Read(Words{Date: "03/04"}, clockAt(t, locale, "Europe/Paris", "2027-03-02 10:10"))
		require.Equal(t, want, doubt.Say)
	}
}

func TestQuestionsAreWordedForAnEar(t *testing.T) {
	rows := []struct {
		w     Words
		say   string
		field string
	}{
		{Words{Date: "2027-03-04", Weekday: "Tuesday"}, "March 4th is a Thursday, not a Tuesday. Do you mean Thursday, March 4, Tuesday, March 2, or Tuesday, March 9?", FieldWeekday},
		{Words{Date: "03/04"}, "Do you mean Thursday, March 4 or Saturday, April 3?", FieldDate},
		{Words{Date: "next Tuesday"}, "Do you mean Tuesday, March 9 or Tuesday, March 16?", FieldDate},
		{Words{Date: "tomorrow", Time: "two"}, "Do you mean Wednesday, March 3 at 2 PM? We are not open at 2 AM.", FieldTime},
		{Words{Date: "2024-03-04"}, "Monday, March 4, 2024 is in the past. Today is Tuesday, March 2, 2027. Which day would you like?", FieldDate},
		{Words{Date: "2027-02-29"}, "February 2027 has only 28 days. Today is Tuesday, March 2, 2027. Which day and date would you like?", FieldDate},
		{Words{Date: "today", Time: "9 am"}, "That time is already over. It is Tuesday, March 2 at 10:10 AM now. Which day and time would you like?", FieldTime},
		{Words{Date: "2027-03-14", Time: "2:30 am"}, "The clocks go forward on Sunday, March 14 and 2:30 AM does not exist that day. Would Sunday, March 14 at 3 AM suit you?", FieldTime},
		{Words{}, "Which day would you like? Today is Tuesday, March 2, 2027.", FieldDate},
	}
	for _, row := range rows {
		_, doubt := Read(row.w, clockAt(t, "en-US", "America/New_York", "2027-03-02 10:10"))
		require.NotNil(t, doubt)
		require.Equal(t, row.say, doubt.Say)
		require.Equal(t, row.field, doubt.Field)
	}
}

func TestTheWeekDecidesWhatNextMeans(t *testing.T) {
	for now, want := range map[string]string{
		"2027-03-01": "?date_ambiguous", // Monday: tomorrow, or in eight days
		"2027-03-02": "?date_ambiguous", // Tuesday itself
		"2027-03-03": "2027-03-09",      // Wednesday
		"2027-03-06": "2027-03-09",      // Saturday
		"2027-03-07": "?date_ambiguous", // Sunday: in this week for those who begin it on Sunday
	} {
		when, doubt := Read(Words{Date: "next Tuesday"}, clockAt(t, "en-US", "America/New_York", now+" 10:10"))
		require.Equal(t, want, outcome(when, doubt), now)
	}
}

func TestUnknownLocalesSpeakEnglish(t *testing.T) {
	for locale, want := range map[string]string{"": "?date_ambiguous", "xx": "?date_ambiguous", "fr-FR": "?date_ambiguous"} {
		c := clockAt(t, locale, "Europe/Paris", "2027-03-02 10:10")
		when, doubt := Read(Words{Date: "03/04"}, c)
		require.Equal(t, want, outcome(when, doubt))
		when, doubt = Read(Words{Date: "tomorrow", Time: "2 pm"}, c)
		require.Equal(t, "2027-03-03 14:00", outcome(when, doubt))
	}
}

func TestTheHorizonIsTheClinics(t *testing.T) {
	c := clockAt(t, "en-US", "America/New_York", "2027-03-02 10:10")
	c.HorizonDays = 20
	when, doubt := Read(Words{Date: "03/04"}, c)
	require.Equal(t, "2027-03-04", outcome(when, doubt), "3 April cannot be booked, so only one reading is left")
	when, doubt = Read(Words{Date: "April 3"}, c)
	require.Equal(t, "?date_too_far", outcome(when, doubt))
}

// zones to draw from: whole and half hours, both hemispheres, changes at midnight.
func zones() []string {
	return []string{"UTC", "America/New_York", "Europe/London", "Europe/Madrid", "Africa/Lagos", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Auckland", "Africa/Cairo", "America/St_Johns"}
}

// drawClock is open all day, so that every HH:MM is taken as written.
func drawClock(t *rapid.T) Clock {
	zone, err := time.LoadLocation(rapid.SampledFrom(zones()).Draw(t, "zone"))
	require.NoError(t, err)
	c := Clock{Now: time.Unix(rapid.Int64Range(1735689600, 2051222400).Draw(t, "now"), 0), Zone: zone, Locale: rapid.SampledFrom([]string{"en-US", "en-GB", "es-ES", ""}).Draw(t, "locale")}
	for day := time.Sunday; day <= time.Saturday; day++ {
		c.Open = append(c.Open, Span{day, 0, minutesOfDay})
	}
	return c
}

func TestISOComesBackInAnyZone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawClock(t)
		day := DateOf(c.Now.In(c.Zone)).AddDays(rapid.IntRange(1, 700).Draw(t, "ahead"))
		minutes := rapid.IntRange(1, minutesOfDay-1).Draw(t, "minutes")
		clock := day.utc().Add(time.Duration(minutes) * time.Minute).Format("15:04")
		want := day.String() + " " + clock
		split, doubtSplit := Read(Words{Date: day.String(), Time: clock, Weekday: day.Weekday().String()}, c)
		whole, doubtWhole := Read(Words{Date: day.String() + "T" + clock + ":00"}, c)
		require.Equal(t, outcome(split, doubtSplit), outcome(whole, doubtWhole))
		switch len(instants(day, minutes, c.Zone)) {
		case 0:
			want = "?time_skipped"
		case 2:
			want = "?time_twice"
		}
		require.Equal(t, want, outcome(split, doubtSplit))
	})
}

func TestAnOffsetIsTheInstantInAnyZone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawClock(t)
		start := c.Now.Add(time.Duration(rapid.IntRange(1, 365*24*60).Draw(t, "ahead")) * time.Minute).Truncate(time.Minute).Add(time.Minute).In(c.Zone)
		if start.Hour() == 0 && start.Minute() == 0 {
			t.Skip("midnight is how models write a day")
		}
		when, doubt := Read(Words{Date: start.Format(time.RFC3339)}, c)
		require.Nil(t, doubt)
		require.True(t, when.Start.Equal(start))
	})
}

func FuzzRead(f *testing.F) {
	for _, w := range [][4]string{{"2027-03-04", "14:00", "", ""}, {"next Tuesday", "half past three", "Tuesday", "afternoon"}, {"03/04", "2", "", ""}, {"el 4 de marzo", "a las dos", "", "tarde"},
		{"2027-03-04T14:00:00Z", "", "", ""}, {"a week from today", "noon", "", ""}, {"the 31st", "25:00", "x", "\x00"}, {"in two weeks", "quarter to one", "", "am"}} {
		f.Add(w[0], w[1], w[2], w[3], int64(1803999000), uint8(1))
	}
	f.Fuzz(func(t *testing.T, date, clock, weekday, part string, now int64, pick uint8) {
		if now < 0 || now > 4102444800 {
			t.Skip("not a time this runs in")
		}
		zone, err := time.LoadLocation(zones()[int(pick)%len(zones())])
		require.NoError(t, err)
		c := Clock{Now: time.Unix(now, 0), Zone: zone, Locale: []string{"en-US", "en-GB", "es-ES", "xx"}[pick%4], Open: everyWeekday(int(pick), 1080)}
		when, doubt := Read(Words{date, clock, weekday, part}, c)
		requireSpeakable(t, doubt)
		if doubt != nil {
			require.Zero(t, when)
			return
		}
		require.False(t, when.Day.Before(DateOf(c.Now.In(zone))))
		if when.HasTime {
			require.False(t, when.Start.Before(c.Now))
			require.Equal(t, when.Day, DateOf(when.Start))
		}
		if iso, err := time.Parse(time.DateOnly, date); err == nil {
			require.Equal(t, DateOf(iso), when.Day)
		}
	})
}
