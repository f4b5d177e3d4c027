package spoken

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// everyWeekday returns the same opening hours from Monday to Friday.
func everyWeekday(opens, closes int) []Span {
	var open []Span
	for day := time.Monday; day <= time.Friday; day++ {
		open = append(open, Span{day, opens, closes})
	}
	return open
}

// clockAt is ten past ten on Tuesday 2 March 2027 in the locale's zone, unless another moment is given.
func clockAt(t *testing.T, locale, zone, moment string) Clock {
	t.Helper()
	loc, err := time.LoadLocation(zone)
	require.NoError(t, err)
	now, err := time.ParseInLocation("2006-01-02 15:04", moment, loc)
	require.NoError(t, err)
	return Clock{Now: now, Zone: loc, Locale: locale, Open: everyWeekday(9*60, 18*60)}
}

// outcome writes a result the way the tables expect it: "2027-03-04 14:00", "2027-03-04", "2027-03-04 720-1080", "?code".
func outcome(when When, doubt *Doubt) string {
	switch {
	case doubt != nil:
		return "?" + string(doubt.Code)
	case when.HasTime:
		return when.Start.Format("2006-01-02 15:04")
	case when.From != when.To:
		return fmt.Sprintf("%s %d-%d", when.Day, when.From, when.To)
	}
	return when.Day.String()
}

func requireSpeakable(t *testing.T, doubt *Doubt) {
	t.Helper()
	if doubt != nil {
		require.NotEmpty(t, doubt.Say)
		require.Equal(t, OneLine(doubt.Say), doubt.Say)
		require.NotEmpty(t, doubt.Field)
	}
}

// want is what each locale makes of the words.
type want struct{ us, gb, es string }

func all(s string) want { return want{s, s, s} }

const unclearDay, unclearTime = "?date_unclear", "?time_unclear"

func TestReadInThreeLocales(t *testing.T) {
	rows := []struct {
		name string
		w    Words
		want want
	}{
		// ISO
		{"ISO date", Words{Date: "2027-03-04"}, all("2027-03-04")},
		{"ISO date and 24-hour time", Words{Date: "2027-03-04", Time: "14:00"}, all("2027-03-04 14:00")},
		{"ISO date-time", Words{Date: "2027-03-04T14:00:00"}, all("2027-03-04 14:00")},
		{"ISO date-time without seconds", Words{Date: "2027-03-04T14:00"}, all("2027-03-04 14:00")},
		{"ISO date-time in the time field", Words{Time: "2027-03-04T09:30:00"}, all("2027-03-04 09:30")},
		{"ISO date-time in both fields", Words{Date: "2027-03-04T14:00", Time: "2027-03-04T14:00"}, all("2027-03-04 14:00")},
		{"ISO date-times that disagree", Words{Date: "2027-03-04T14:00", Time: "2027-03-04T15:00"}, all("?time_conflict")},
		{"ISO with offset", Words{Date: "2027-03-04T15:00:00Z"}, want{"2027-03-04 10:00", "2027-03-04 15:00", "2027-03-04 16:00"}},
		{"ISO with a Z that was not meant", Words{Date: "2027-03-04T09:00:00Z"}, want{"?time_ambiguous", "2027-03-04 09:00", "2027-03-04 10:00"}},
		{"ISO midnight is how models write a day", Words{Date: "2027-03-04T00:00:00Z", Time: "2 pm"}, all("2027-03-04 14:00")},
		{"ISO date-time with a blank", Words{Date: "2027-03-04 14:00"}, all("2027-03-04 14:00")},
		{"29 February in a common year", Words{Date: "2027-02-29"}, all("?date_impossible")},
		{"29 February in a leap year", Words{Date: "2028-02-29"}, all("2028-02-29")},
		{"31 April", Words{Date: "2027-04-31"}, all("?date_impossible")},
		{"month 13", Words{Date: "2027-13-01"}, all("?date_impossible")},
		{"25:00", Words{Date: "2027-03-04", Time: "25:00"}, all("?time_impossible")},
		{"ISO hour 25", Words{Date: "2027-03-04T25:00:00"}, all("?time_impossible")},
		{"14:75", Words{Date: "2027-03-04", Time: "14:75"}, all("?time_impossible")},
		{"a year that is over", Words{Date: "2024-03-04", Time: "14:00"}, all("?date_past")},
		{"yesterday's date", Words{Date: "2027-03-01"}, all("?date_past")},
		{"a year too far", Words{Date: "2035-03-04"}, all("?date_too_far")},

		// Days from today
		{"nothing", Words{}, all("?date_missing")},
		{"time only", Words{Time: "2 pm"}, all("?date_missing")},
		{"today", Words{Date: "today", Time: "3 pm"}, all("2027-03-02 15:00")},
		{"today, an hour that is over", Words{Date: "today", Time: "9 am"}, all("?time_past")},
		{"tomorrow", Words{Date: "Tomorrow!"}, all("2027-03-03")},
		{"day after tomorrow", Words{Date: "the day after tomorrow"}, all("2027-03-04")},
		{"yesterday", Words{Date: "yesterday"}, all("?date_past")},
		{"tomorrow afternoon", Words{Date: "tomorrow afternoon"}, all("2027-03-03 720-1080")},
		{"tomorrow, part of day apart", Words{Date: "tomorrow", PartOfDay: "morning"}, all("2027-03-03 0-720")},
		{"tonight", Words{Date: "tonight"}, all("2027-03-02 1020-1440")},
		{"this morning is not over at ten past ten", Words{Date: "this morning"}, all("2027-03-02 0-720")},
		{"in two weeks", Words{Date: "in two weeks"}, all("2027-03-16")},
		{"in 3 days", Words{Date: "in 3 days"}, all("2027-03-05")},
		{"a week from today", Words{Date: "a week from today"}, all("2027-03-09")},
		{"a week from tomorrow", Words{Date: "a week from tomorrow"}, all("2027-03-10")},
		{"a week on Thursday", Words{Date: "a week on Thursday"}, all("2027-03-11")},
		{"in a fortnight", Words{Date: "in a fortnight"}, all("2027-03-16")},
		{"next week is no day", Words{Date: "next week"}, all("?date_vague")},
		{"next month is no day", Words{Date: "next month"}, all("?date_vague")},
		{"a month is no day", Words{Date: "in March"}, all("?date_vague")},
		{"weekend is no day", Words{Date: "this weekend"}, all("?date_vague")},

		// Weekdays
		{"a weekday alone", Words{Date: "Friday"}, all("2027-03-05")},
		{"a weekday alone in its own field", Words{Weekday: "friday", Time: "2pm"}, all("2027-03-05 14:00")},
		{"today's weekday", Words{Date: "Tuesday"}, all("?date_ambiguous")},
		{"today's weekday, hour over today", Words{Date: "Tuesday", Time: "9 am"}, all("2027-03-09 09:00")},
		{"next, today's weekday", Words{Date: "next Tuesday"}, all("?date_ambiguous")},
		{"next, later this week", Words{Date: "next Friday"}, all("?date_ambiguous")},
		{"next, not in this week any more", Words{Date: "next Monday"}, all("2027-03-08")},
		{"next, settled by the date", Words{Date: "next Friday, March 12th"}, all("2027-03-12")},
		{"this Friday", Words{Date: "this Friday"}, all("2027-03-05")},
		{"this coming Tuesday", Words{Date: "this coming Tuesday"}, all("2027-03-09")},
		{"Friday next week", Words{Date: "Friday next week"}, all("2027-03-12")},
		{"next week Friday", Words{Date: "next week Friday"}, all("2027-03-12")},
		{"Friday week", Words{Date: "Friday week"}, all("2027-03-12")},
		{"a weekday that fits", Words{Date: "2027-03-04", Weekday: "Thursday"}, all("2027-03-04")},
		{"a weekday that does not fit", Words{Date: "2027-03-04", Weekday: "Tuesday"}, all("?weekday_mismatch")},
		{"a weekday in the words that does not fit", Words{Date: "Monday, March 4th"}, all("?weekday_mismatch")},
		{"two weekdays", Words{Date: "Wednesday or Friday"}, all(unclearDay)},
		{"a negated weekday", Words{Date: "not Friday"}, all(unclearDay)},
		{"two days", Words{Date: "tomorrow", Time: "Friday at 2 pm"}, all("?weekday_mismatch")},
		{"two dates", Words{Date: "2027-03-04", Time: "2027-03-05T14:00"}, all("?date_conflict")},

		// Calendar dates
		{"March 4th", Words{Date: "March 4th"}, all("2027-03-04")},
		{"4 March 2027", Words{Date: "4 March 2027"}, all("2027-03-04")},
		{"the 4th of March", Words{Date: "the 4th of March"}, all("2027-03-04")},
		{"March fourth", Words{Date: "March fourth"}, all("2027-03-04")},
		{"March the twenty-first", Words{Date: "March the twenty-first"}, all("2027-03-21")},
		{"twenty-first of March twenty twenty-seven", Words{Date: "twenty-first of March twenty twenty-seven"}, all("2027-03-21")},
		{"year omitted, day over", Words{Date: "March 1st"}, all("2028-03-01")},
		{"February 29 with the year omitted", Words{Date: "February 29"}, all("2028-02-29")},
		{"April 31st", Words{Date: "April 31st"}, all("?date_impossible")},
		{"the 3rd", Words{Date: "the 3rd"}, all("2027-03-03")},
		{"the 1st, over this month", Words{Date: "the 1st"}, all("2027-04-01")},
		{"the 2nd, today", Words{Date: "the 2nd"}, all("?date_ambiguous")},
		{"the 15th of next month", Words{Date: "the 15th of next month"}, all("2027-04-15")},
		{"the 31st of next month", Words{Date: "the 31st of next month"}, all("?date_impossible")},
		{"the 15th of this month", Words{Date: "the 15th of this month"}, all("2027-03-15")},
		{"a day and a month apart", Words{Date: "the 15th, in April"}, all("?date_vague")},
		{"a weekday in a month", Words{Date: "Friday in April"}, all("?date_vague")},
		{"in a month", Words{Date: "in a month"}, all("?date_vague")},
		{"the first Thursday", Words{Date: "the first Thursday"}, all(unclearDay)},
		{"the 32nd", Words{Date: "the 32nd"}, all("?date_impossible")},
		{"Thursday the 4th", Words{Date: "Thursday the 4th"}, all("2027-03-04")},
		{"whole sentence in one field", Words{Date: "Thursday, March 4th at 2:30 pm"}, all("2027-03-04 14:30")},
		{"whole sentence in the time field", Words{Time: "tomorrow at 2 pm please"}, all("2027-03-03 14:00")},
		{"numeric, two readings", Words{Date: "03/04"}, all("?date_ambiguous")},
		{"numeric with year, two readings", Words{Date: "05/06/2027"}, all("?date_ambiguous")},
		{"numeric, one reading in the future", Words{Date: "02/03/2027"}, all("2027-03-02")},
		{"numeric, settled by the weekday", Words{Date: "03/04", Weekday: "Thursday"}, all("2027-03-04")},
		{"numeric, day above twelve", Words{Date: "15/08"}, all("2027-08-15")},
		{"numeric, day above twelve, month first", Words{Date: "08/15/2027"}, all("2027-08-15")},
		{"numeric, same number", Words{Date: "04/04"}, all("2027-04-04")},
		{"numeric, impossible", Words{Date: "31/31"}, all("?date_impossible")},
		{"nonsense", Words{Date: "whenever the moon is full"}, all(unclearDay)},

		// Times
		{"two, open in the afternoon only", Words{Date: "tomorrow", Time: "two"}, all("?time_ambiguous")},
		{"02:00 while only 14:00 is open", Words{Date: "tomorrow", Time: "02:00"}, all("?time_ambiguous")},
		{"nine is the morning", Words{Date: "tomorrow", Time: "9"}, all("2027-03-03 09:00")},
		{"nine o'clock", Words{Date: "tomorrow", Time: "nine o’clock"}, all("2027-03-03 09:00")},
		{"2 p.m.", Words{Date: "tomorrow", Time: "2 p.m."}, all("2027-03-03 14:00")},
		{"2PM", Words{Date: "tomorrow", Time: "2PM"}, all("2027-03-03 14:00")},
		{"2 am is said", Words{Date: "tomorrow", Time: "2 am"}, all("2027-03-03 02:00")},
		{"two with a part of day", Words{Date: "tomorrow", Time: "two", PartOfDay: "afternoon"}, all("2027-03-03 14:00")},
		{"2:30 in the afternoon", Words{Date: "tomorrow", Time: "2:30 in the afternoon"}, all("2027-03-03 14:30")},
		{"half past three in the afternoon", Words{Date: "tomorrow", Time: "half past three in the afternoon"}, all("2027-03-03 15:30")},
		{"half past three", Words{Date: "tomorrow", Time: "half past three"}, all("?time_ambiguous")},
		{"half past ten", Words{Date: "tomorrow", Time: "half past ten"}, all("2027-03-03 10:30")},
		{"half ten", Words{Date: "tomorrow", Time: "half ten"}, want{unclearTime, "2027-03-03 10:30", unclearTime}},
		{"quarter to five pm", Words{Date: "tomorrow", Time: "quarter to five pm"}, all("2027-03-03 16:45")},
		{"a quarter past 11", Words{Date: "tomorrow", Time: "a quarter past 11"}, all("2027-03-03 11:15")},
		{"quarter to one", Words{Date: "tomorrow", Time: "quarter to one"}, all("2027-03-03 12:45")},
		{"twenty past four pm", Words{Date: "tomorrow", Time: "twenty past four pm"}, all("2027-03-03 16:20")},
		{"ten to five pm", Words{Date: "tomorrow", Time: "ten to five pm"}, all("2027-03-03 16:50")},
		{"10 to 5 may be a range", Words{Date: "tomorrow", Time: "10 to 5"}, all(unclearTime)},
		{"eleven thirty", Words{Date: "tomorrow", Time: "eleven thirty"}, all("2027-03-03 11:30")},
		{"eleven oh five", Words{Date: "tomorrow", Time: "eleven oh five"}, all("2027-03-03 11:05")},
		{"noon", Words{Date: "tomorrow", Time: "noon"}, all("2027-03-03 12:00")},
		{"12 is noon", Words{Date: "tomorrow", Time: "12"}, all("2027-03-03 12:00")},
		{"12 pm", Words{Date: "tomorrow", Time: "12 pm"}, all("2027-03-03 12:00")},
		{"midnight", Words{Date: "tomorrow", Time: "midnight"}, all("2027-03-03 00:00")},
		{"fourteen hundred", Words{Date: "tomorrow", Time: "fourteen hundred hours"}, all("2027-03-03 14:00")},
		{"2.30 pm", Words{Date: "tomorrow", Time: "2.30 pm"}, all("2027-03-03 14:30")},
		{"1430", Words{Date: "tomorrow", Time: "1430"}, all("2027-03-03 14:30")},
		{"14h30", Words{Date: "tomorrow", Time: "14h30"}, all("2027-03-03 14:30")},
		{"a range", Words{Date: "tomorrow", Time: "between 2 and 4"}, all(unclearTime)},
		{"after three", Words{Date: "tomorrow", Time: "after 3"}, all(unclearTime)},
		{"any time", Words{Date: "tomorrow", Time: "any time"}, all("2027-03-03")},
		{"2 pm in the morning", Words{Date: "tomorrow", Time: "2 pm", PartOfDay: "morning"}, all("?time_conflict")},
		{"two times", Words{Date: "tomorrow", Time: "2 pm 3 pm"}, all("?time_conflict")},
		{"the same time twice", Words{Date: "tomorrow at 2", Time: "14:00"}, all("2027-03-03 14:00")},

		// Spanish
		{"mañana", Words{Date: "mañana"}, want{unclearDay, unclearDay, "2027-03-03"}},
		{"mañana por la mañana", Words{Date: "mañana por la mañana"}, want{unclearDay, unclearDay, "2027-03-03 0-720"}},
		{"pasado mañana", Words{Date: "pasado mañana"}, want{unclearDay, unclearDay, "2027-03-04"}},
		{"el 4 de marzo de 2027", Words{Date: "el 4 de marzo de 2027"}, want{unclearDay, unclearDay, "2027-03-04"}},
		{"el viernes a las dos de la tarde", Words{Date: "el viernes a las dos de la tarde"}, want{unclearDay, unclearDay, "2027-03-05 14:00"}},
		{"el próximo viernes", Words{Date: "el próximo viernes"}, want{unclearDay, unclearDay, "?date_ambiguous"}},
		{"el lunes que viene", Words{Date: "el lunes que viene"}, want{unclearDay, unclearDay, "2027-03-08"}},
		{"el 15 del mes que viene", Words{Date: "el 15 del mes que viene"}, want{unclearDay, unclearDay, "2027-04-15"}},
		{"dentro de dos semanas", Words{Date: "dentro de dos semanas"}, want{unclearDay, unclearDay, "2027-03-16"}},
		{"el viernes de la semana que viene", Words{Date: "el viernes de la semana que viene"}, want{unclearDay, unclearDay, "2027-03-12"}},
		{"las tres y media", Words{Date: "2027-03-04", Time: "las tres y media de la tarde"}, want{unclearTime, unclearTime, "2027-03-04 15:30"}},
		{"las cinco menos cuarto", Words{Date: "2027-03-04", Time: "las cinco menos cuarto de la tarde"}, want{unclearTime, unclearTime, "2027-03-04 16:45"}},
		{"las once y diez", Words{Date: "2027-03-04", Time: "las once y diez"}, want{unclearTime, unclearTime, "2027-03-04 11:10"}},
		{"mediodía", Words{Date: "2027-03-04", Time: "mediodía"}, want{unclearTime, unclearTime, "2027-03-04 12:00"}},
		{"por la mañana", Words{Date: "2027-03-04", PartOfDay: "por la mañana"}, want{unclearTime, unclearTime, "2027-03-04 0-720"}},
		{"mañana as a part of day", Words{Date: "2027-03-04", PartOfDay: "mañana"}, want{unclearTime, unclearTime, "2027-03-04 0-720"}},
	}
	locales := []struct{ locale, zone string }{{"en-US", "America/New_York"}, {"en-GB", "Europe/London"}, {"es-ES", "Europe/Madrid"}}
	for _, row := range rows {
		for i, l := range locales {
			t.Run(row.name+" "+l.locale, func(t *testing.T) {
				t.Parallel()
				when, doubt := Read(row.w, clockAt(t, l.locale, l.zone, "2027-03-02 10:10"))
				require.Equal(t, []string{row.want.us, row.want.gb, row.want.es}[i], outcome(when, doubt), "%+v", doubt)
				requireSpeakable(t, doubt)
			})
		}
	}
}
