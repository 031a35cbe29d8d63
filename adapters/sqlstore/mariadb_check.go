package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"
)

// minPacket is what max_allowed_packet has to be at least: the default of MariaDB.
const minPacket = 16 << 20

func (mariadb) check(ctx context.Context, db *sql.DB) error {
	has, err := mariadbVariables(ctx, db)
	if err != nil {
		return fmt.Errorf("sqlstore: open database: %w", err)
	}
	if err := checkVersion(has["version"]); err != nil {
		return err
	}
	packet, _ := strconv.Atoi(has["max_allowed_packet"])
	binlog := has["log_bin"] == "ON"
	for _, c := range []struct {
		wrong       bool
		what, cause string
	}{
		{has["innodb_flush_log_at_trx_commit"] != "1",
			"innodb_flush_log_at_trx_commit=" + has["innodb_flush_log_at_trx_commit"],
			"with which a committed email can be lost in a power cut: set 1"},
		{binlog && has["sync_binlog"] != "1", "a binary log and sync_binlog=" + has["sync_binlog"],
			"with which a committed email can be lost in a power cut: set sync_binlog=1"},
		{binlog && has["binlog_format"] == "STATEMENT", "binlog_format=STATEMENT",
			"which does not allow the isolation level READ COMMITTED: set MIXED or ROW"},
		{packet < minPacket, fmt.Sprint("max_allowed_packet=", packet),
			fmt.Sprintf("which is too small for large emails: set at least %d", minPacket)},
	} {
		if c.wrong {
			return fmt.Errorf("sqlstore: the server has %s, %s", c.what, c.cause)
		}
	}
	mode := "," + has["sql_mode"] + ","
	for _, c := range []struct {
		wrong       bool
		what, cause string
	}{
		{has["character_set_client"] != "utf8mb4" || has["character_set_connection"] != "utf8mb4",
			"the character set " + has["character_set_client"], "which has not all characters: set charset=utf8mb4, " +
				"or leave charset and collation out of the data source name"},
		{!strings.Contains(mode, ",STRICT_TRANS_TABLES,") && !strings.Contains(mode, ",STRICT_ALL_TABLES,"),
			"sql_mode=" + has["sql_mode"], "with which texts that are too long are cut off: add STRICT_TRANS_TABLES"},
		{strings.Contains(mode, ",EMPTY_STRING_IS_NULL,"), "sql_mode=" + has["sql_mode"],
			"with which empty texts are NULL: remove EMPTY_STRING_IS_NULL"},
		{has["autocommit"] != "ON", "autocommit=" + has["autocommit"],
			"with which reading begins transactions that nobody ends: set 1"},
	} {
		if c.wrong {
			return fmt.Errorf("sqlstore: the connection has %s, %s", c.what, c.cause)
		}
	}
	return nil
}

// mariadbVariables returns settings of the server and of a connection.
func mariadbVariables(ctx context.Context, db *sql.DB) (map[string]string, error) {
	rows, err := db.QueryContext(ctx, `SHOW VARIABLES WHERE Variable_name IN ('version', 'sql_mode', 'autocommit',
		'character_set_client', 'character_set_connection', 'max_allowed_packet',
		'innodb_flush_log_at_trx_commit', 'log_bin', 'sync_binlog', 'binlog_format')`)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // its error is also that of Err
	has := make(map[string]string)
	for rows.Next() {
		var name, value string
		if err := rows.Scan(&name, &value); err != nil {
			return nil, err
		}
		has[name] = value
	}
	return has, rows.Err()
}

// checkVersion refuses a server that is too old, by its version as in "10.11.19-MariaDB-log"
// or "8.0.36".
func checkVersion(version string) error {
	var major, minor int
	if _, err := fmt.Sscanf(version, "%d.%d", &major, &minor); err != nil {
		return fmt.Errorf("sqlstore: the server has the odd version %q", version)
	}
	name, least := "MySQL", [2]int{8, 0}
	if strings.Contains(version, "MariaDB") {
		name, least = "MariaDB", [2]int{10, 6}
	}
	if major < least[0] || major == least[0] && minor < least[1] {
		return fmt.Errorf("sqlstore: the server is %s %d.%d; it has to be %d.%d or later",
			name, major, minor, least[0], least[1])
	}
	return nil
}
