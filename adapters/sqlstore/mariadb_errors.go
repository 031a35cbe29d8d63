package sqlstore

import (
	"errors"
	"reflect"
	"slices"
	"strings"
)

// mariadbNumber returns the number of an error of the server, or 0. The driver's type is
// read by the name of its field, since no driver is imported here.
func mariadbNumber(err error) uint64 {
	switch e := err.(type) {
	case nil:
		return 0
	case interface{ Unwrap() []error }:
		for _, one := range e.Unwrap() {
			if number := mariadbNumber(one); number > 0 {
				return number
			}
		}
		return 0
	}
	if v := reflect.Indirect(reflect.ValueOf(err)); v.Kind() == reflect.Struct && v.Type().Name() == "MySQLError" {
		if number := v.FieldByName("Number"); number.CanUint() {
			return number.Uint()
		}
	}
	return mariadbNumber(errors.Unwrap(err))
}

// conflicts reports a deadlock, a wait for a lock that took too long (of which the server
// undoes the statement only; the transaction is then rolled back here), and a row that has
// changed since it was read.
func (mariadb) conflicts(err error) bool {
	return slices.Contains([]uint64{1213, 1205, 1020, 3572}, mariadbNumber(err))
}

// mariadbHints are by the number of an error.
var mariadbHints = map[uint64]string{
	1213: serverConflictHint,
	1205: serverConflictHint,
	1020: serverConflictHint,
	3572: serverConflictHint,

	1021: diskFullHint,
	1114: diskFullHint,
	1026: diskFullHint,
	1030: "the storage of the database fails: look at the log of the database server",

	1040: connectionsHint,
	1203: connectionsHint,
	1226: connectionsHint,
	1461: "raise max_prepared_stmt_count of the database server, or use interpolateParams=true",

	1053: lostHint, // shuts down
	1077: lostHint,
	1079: lostHint,
	1152: lostHint,
	1158: lostHint,
	1159: lostHint,
	1160: lostHint,
	1161: lostHint,
	1184: lostHint,
	1927: lostHint, // the connection was killed
	4031: lostHint, // it was idle for too long

	1317: "somebody has interrupted the statement on the database server",
	1969: "the statement took longer than max_statement_time allows: look at the load of the database server",
	3024: "the statement took longer than max_execution_time allows: look at the load of the database server",
	1412: "the tables are being changed: nothing is lost, and it goes on from there",

	1290: readOnlyHint,
	1792: readOnlyHint,
	1836: readOnlyHint,
	4165: readOnlyHint,

	1044: rightsHint,
	1045: "check the user and password of the database",
	1142: rightsHint,
	1143: rightsHint,
	1227: rightsHint,
	1129: "the database server refuses this machine after failed connections: run FLUSH HOSTS there",
}

const (
	serverConflictHint = "two programs have changed the same rows: nothing is lost, and it is tried again"
	connectionsHint    = "raise max_connections of the database server, or lower SetMaxOpenConns"
	readOnlyHint       = "the database server only lets programs read: connect to the one that is written to"
	rightsHint         = "give the user of the database the rights SELECT, INSERT, UPDATE and DELETE on its tables, " +
		"and CREATE, ALTER and INDEX to the program that migrates"
)

func (mariadb) hint(err error) string {
	if number := mariadbNumber(err); number > 0 {
		return mariadbHints[number]
	}
	if isLostConnection(err) || strings.Contains(err.Error(), "invalid connection") {
		return lostHint
	}
	return ""
}
