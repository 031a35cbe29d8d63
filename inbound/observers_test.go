package inbound

import (
	"reflect"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// fullObserver returns an Observer with every func, each of which appends a name to told.
func fullObserver(name string, told *[]string) *Observer {
	o := new(Observer)
	v := reflect.ValueOf(o).Elem()
	for i := range v.NumField() {
		v.Field(i).Set(reflect.MakeFunc(v.Field(i).Type(), func([]reflect.Value) []reflect.Value {
			*told = append(*told, name+" "+v.Type().Field(i).Name)
			return nil
		}))
	}
	return o
}

// expectEach calls every func of an Observer, and checks who is told.
func expectEach(t *testing.T, o *Observer, told *[]string, names ...string) {
	t.Helper()
	v := reflect.ValueOf(o).Elem()
	require.NotZero(t, v.NumField())
	for i := range v.NumField() {
		field := v.Type().Field(i)
		*told = nil
		if assert.False(t, v.Field(i).IsNil(), "%s is forgotten", field.Name) {
			v.Field(i).Call([]reflect.Value{reflect.Zero(field.Type.In(0))})
		}
		var want []string
		for _, name := range names {
			want = append(want, name+" "+field.Name)
		}
		assert.Equal(t, want, *told)
	}
}

func TestObservers_TellsEach(t *testing.T) {
	var told []string
	a, b := fullObserver("a", &told), fullObserver("b", &told)
	expectEach(t, Observers(a, b), &told, "a", "b")
	expectEach(t, Observers(nil, new(Observer), b), &told, "b")
	assert.Equal(t, new(Observer), Observers(nil, new(Observer)), "what nobody wants is not told")
}

func TestObserver_InOrderTellsEach(t *testing.T) {
	var told []string
	ordered := fullObserver("a", &told).inOrder()
	expectEach(t, &ordered, &told, "a")
	assert.Equal(t, Observer{}, new(Observer).inOrder())
}

// An event waits for that before it of the same account, and for no other one.
func TestObserver_InOrderByAccount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		told := make(chan string, 3)
		o := (&Observer{
			StepEnded: func(e StepEndedInfo) { <-release; told <- "step of " + e.Account },
			PassEnded: func(e PassEndedInfo) { told <- "pass of " + e.Report.Account },
		}).inOrder()
		go o.StepEnded(StepEndedInfo{Account: "a"})
		synctest.Wait()
		go o.PassEnded(PassEndedInfo{Report: Report{Account: "a"}})
		go o.PassEnded(PassEndedInfo{Report: Report{Account: "b"}})
		time.Sleep(time.Minute)
		require.Len(t, told, 1)
		assert.Equal(t, "pass of b", <-told)
		close(release)
		assert.Equal(t, []string{"step of a", "pass of a"}, []string{<-told, <-told})
	})
}
