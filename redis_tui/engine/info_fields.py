"""INFO's fields: which a section has, in which order, on which server.

A word is a field's name; what follows ``@`` says where it is found (`engine.where`). It knows
no figures. A field that `engine.info` computes nothing for is what `CONSTANT` says, or 0.

The decision a reader would question: fields of what cannot happen here (a replica, a fork, a
cluster) are shown all the same, with the value that a server has where nothing of it has happened;
monitoring tools read them and fail where they are missing.
"""

from __future__ import annotations

from typing import Final

FIELDS: Final[dict[str, str]] = {
    "server": """
        redis_version server_name@valkey valkey_version@valkey valkey_release_stage@valkey redis_git_sha1
        redis_git_dirty redis_build_id server_mode@valkey redis_mode@redis os arch_bits monotonic_clock
        multiplexing_api atomicvar_api@redis gcc_version process_id process_supervised run_id tcp_port
        server_time_usec uptime_in_seconds uptime_in_days hz configured_hz clients_hz@valkey lru_clock executable
        config_file io_threads_active availability_zone@valkey listener0
    """,
    "clients": """
        connected_clients cluster_connections maxclients client_recent_max_input_buffer
        client_recent_max_output_buffer blocked_clients tracking_clients pubsub_clients@newer watching_clients@newer
        clients_in_timeout_table total_watched_keys@newer total_blocking_keys total_blocking_keys_on_nokey
        paused_reason@valkey paused_actions@valkey paused_timeout_milliseconds@valkey
    """,
    "memory": """
        used_memory used_memory_human used_memory_rss used_memory_rss_human used_memory_peak used_memory_peak_human
        used_memory_peak_time@redis-8 used_memory_peak_perc used_memory_overhead used_memory_startup
        used_memory_dataset used_memory_dataset_perc allocator_allocated allocator_active allocator_resident
        allocator_muzzy@newer total_system_memory total_system_memory_human used_memory_lua used_memory_vm_eval
        used_memory_lua_human used_memory_scripts_eval number_of_cached_scripts number_of_functions
        number_of_libraries used_memory_vm_functions used_memory_vm_total used_memory_vm_total_human
        used_memory_functions used_memory_scripts used_memory_scripts_human maxmemory maxmemory_human
        maxmemory_policy allocator_frag_ratio allocator_frag_bytes allocator_rss_ratio allocator_rss_bytes
        rss_overhead_ratio rss_overhead_bytes mem_fragmentation_ratio mem_fragmentation_bytes
        mem_not_counted_for_evict mem_replication_backlog mem_total_replication_buffers
        mem_replicas_repl_buffer@valkey mem_replica_full_sync_buffer@redis-8 mem_clients_slaves mem_clients_normal
        mem_cluster_links mem_cluster_slot_import@valkey mem_cluster_slot_export@valkey mem_aof_buffer mem_allocator
        mem_overhead_db_hashtable_rehashing@newer active_defrag_running lazyfree_pending_objects lazyfreed_objects
    """,
    "persistence": """
        loading async_loading current_cow_peak current_cow_size current_cow_size_age current_fork_perc
        current_save_keys_processed current_save_keys_total rdb_changes_since_last_save rdb_bgsave_in_progress
        rdb_last_save_time rdb_last_bgsave_status rdb_last_bgsave_time_sec rdb_current_bgsave_time_sec rdb_saves
        rdb_last_cow_size rdb_last_load_keys_expired rdb_last_load_keys_loaded aof_enabled aof_rewrite_in_progress
        aof_rewrite_scheduled aof_last_rewrite_time_sec aof_current_rewrite_time_sec aof_last_bgrewrite_status
        aof_rewrites aof_rewrites_consecutive_failures aof_last_write_status aof_last_cow_size
        module_fork_in_progress module_fork_last_cow_size slot_migration_fork_in_progress@valkey
    """,
    "stats": """
        total_connections_received total_commands_processed instantaneous_ops_per_sec total_net_input_bytes
        total_net_output_bytes total_net_repl_input_bytes total_net_repl_output_bytes
        total_net_cluster_slot_import_bytes@valkey total_net_cluster_slot_export_bytes@valkey
        instantaneous_input_kbps instantaneous_output_kbps instantaneous_input_repl_kbps
        instantaneous_output_repl_kbps rejected_connections sync_full sync_partial_ok sync_partial_err
        expired_subkeys@redis-8 expired_keys expired_fields@valkey expired_stale_perc
        expired_keys_with_volatile_items_stale_perc@valkey expired_time_cap_reached_count
        expire_cycle_cpu_milliseconds evicted_keys evicted_clients evicted_scripts@newer
        total_eviction_exceeded_time current_eviction_exceeded_time keyspace_hits keyspace_misses pubsub_channels
        pubsub_patterns pubsubshard_channels latest_fork_usec total_forks migrate_cached_sockets
        slave_expires_tracked_keys active_defrag_hits active_defrag_misses active_defrag_key_hits
        active_defrag_key_misses total_active_defrag_time current_active_defrag_time tracking_total_keys
        tracking_total_items tracking_total_prefixes unexpected_error_replies total_error_replies
        dump_payload_sanitizations total_reads_processed total_writes_processed io_threaded_reads_processed
        io_threaded_writes_processed io_threaded_freed_objects@valkey io_threaded_accept_processed@valkey
        io_threaded_poll_processed@valkey io_threaded_total_prefetch_batches@newer
        io_threaded_total_prefetch_entries@newer client_query_buffer_limit_disconnections@newer
        client_output_buffer_limit_disconnections@newer reply_buffer_shrinks reply_buffer_expands eventloop_cycles
        eventloop_duration_sum eventloop_duration_cmd_sum instantaneous_eventloop_cycles_per_sec
        instantaneous_eventloop_duration_usec acl_access_denied_auth acl_access_denied_cmd acl_access_denied_key
        acl_access_denied_channel acl_access_denied_tls_cert@valkey acl_access_denied_db@valkey
    """,
    "replication": """
        role connected_slaves replicas_waiting_psync@valkey master_failover_state master_replid master_replid2
        master_repl_offset second_repl_offset repl_backlog_active repl_backlog_size repl_backlog_first_byte_offset
        repl_backlog_histlen
    """,
    "replica": """
        master_host master_port master_link_status master_last_io_seconds_ago master_sync_in_progress
        slave_read_repl_offset slave_repl_offset replica_full_sync_buffer_size@redis-8
        replica_full_sync_buffer_peak@redis-8 replicas_repl_buffer_size@valkey replicas_repl_buffer_peak@valkey
        master_current_sync_attempts@redis-8 master_total_sync_attempts@redis-8 master_link_down_since_seconds
        total_disconnect_time_sec@redis-8 slave_priority slave_read_only replica_announced
    """,
    "cpu": """
        used_cpu_sys used_cpu_user used_cpu_sys_children used_cpu_user_children used_cpu_sys_main_thread
        used_cpu_user_main_thread used_active_time_main_thread@valkey
    """,
    "tls": """
        tls_server_cert_serial tls_server_cert_expires_in_seconds tls_client_cert_serial
        tls_client_cert_expires_in_seconds tls_ca_cert_serial tls_ca_cert_expires_in_seconds
    """,
}

CONSTANT: Final[dict[str, str]] = {
    "aof_current_rewrite_time_sec": "-1",
    "aof_last_bgrewrite_status": "ok",
    "aof_last_rewrite_time_sec": "-1",
    "aof_last_write_status": "ok",
    "atomicvar_api": "c11-builtin",
    "availability_zone": "",
    "config_file": "",
    "current_fork_perc": "0.00",
    "expired_keys_with_volatile_items_stale_perc": "0.00",
    "instantaneous_input_repl_kbps": "0.00",
    "instantaneous_output_repl_kbps": "0.00",
    "master_current_sync_attempts": "1",
    "master_failover_state": "no-failover",
    "master_last_io_seconds_ago": "-1",
    "master_link_down_since_seconds": "-1",
    "master_link_status": "down",
    "master_total_sync_attempts": "1",
    "mem_allocator": "python",
    "monotonic_clock": "POSIX clock_gettime",
    "process_supervised": "no",
    "redis_git_sha1": "00000000",
    "redis_mode": "standalone",
    "server_mode": "standalone",
    "server_name": "valkey",
    "tls_ca_cert_serial": "none",
    "tls_client_cert_serial": "none",
    "tls_server_cert_serial": "none",
    "valkey_release_stage": "ga",
}
