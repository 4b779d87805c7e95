# The policy of the Kata agent in this guest. The agent asks it for each request of the host and refuses what is not allowed here.
# It is part of the initdata, so the hardware reports its digest. Nothing the host asks for can show what the containers hold:
# no process is added, no output is read, no file is written outside the folders that Kubernetes itself fills.
package agent_policy

import rego.v1

default AddARPNeighborsRequest := false
default AddSwapRequest := false
default CloseStdinRequest := false
default CopyFileRequest := false
default CreateContainerRequest := false
default CreateSandboxRequest := false
default DestroySandboxRequest := true
default ExecProcessRequest := false
default GetMetricsRequest := false
default GetOOMEventRequest := true
default GuestDetailsRequest := true
default ListInterfacesRequest := false
default ListRoutesRequest := false
default MemHotplugByProbeRequest := false
default OnlineCPUMemRequest := true
default PauseContainerRequest := false
default ReadStreamRequest := false
default RemoveContainerRequest := true
default RemoveStaleVirtiofsShareMountsRequest := true
default ReseedRandomDevRequest := false
default ResumeContainerRequest := false
default SetGuestDateTimeRequest := false
default SetPolicyRequest := false
default SignalProcessRequest := true
default StartContainerRequest := true
default StartTracingRequest := false
default StatsContainerRequest := true
default StopTracingRequest := false
default TtyWinResizeRequest := false
default UpdateContainerRequest := false
default UpdateEphemeralMountsRequest := false
default UpdateInterfaceRequest := false
default UpdateRoutesRequest := false
default WaitProcessRequest := true
default WriteStreamRequest := false

# The network of the pod is the host's to give; the loopback of the guest is not.
UpdateInterfaceRequest if input.interface.name != "lo"

UpdateRoutesRequest if {
	every route in input.routes.Routes {
		route.device != "lo"
	}
}

CreateSandboxRequest if {
	object.get(input, "guest_hook_path", "") == ""
	count(object.get(input, "kernel_modules", [])) == 0
	every storage in object.get(input, "storages", []) {
		storage_is_plain(storage)
	}
}

# Kubernetes' own files and the folders whose contents the host knows anyway: the initdata, the certificate authorities of broker and
# model source, and the name and password with which the model's ciphertext is pulled.
CopyFileRequest if {
	regex.match(`^/run/kata-containers/shared/containers/[a-z0-9-]+-[a-z0-9]{16}-(resolv\.conf|hosts|hostname|termination-log|confidential-model|key-broker|model-source|model-registry)(/\.\.data|/\.\.[0-9_.]+)?(/[A-Za-z0-9_-][A-Za-z0-9._-]*)?$`, input.path)
	link_is_told
	link_is_plain(object.get(input, "symlink_target", ""))
	link_is_plain(object.get(input, "symlink_src", ""))
}

# A link that leads out of its folder would let the next file be written over a program. Only a link whose target is told can be judged; S_IFLNK is 40960.
link_is_told if bits.and(object.get(input, "file_mode", 0), 40960) != 40960

link_is_told if {
	some name in ["symlink_target", "symlink_src"]
	is_string(input[name])
}

link_is_plain(target) if is_null(target)

link_is_plain(target) if {
	not startswith(target, "/")
	not regex.match(`(^|/)\.\.(/|$)`, target)
}

# The sandbox: the pause process of the guest's own image.
CreateContainerRequest if {
	input.OCI.Annotations["io.kubernetes.cri.container-type"] == "sandbox"
	input.OCI.Process.Args == ["/pause"]
	process_is_restricted
	every entry in input.OCI.Process.Env {
		env_is_common(entry)
	}
	every mount in input.OCI.Mounts {
		mount.destination in common_mounts
		mount_is_plain(mount)
	}
	every storage in object.get(input, "storages", []) {
		storage_is_plain(storage)
	}
	count(object.get(input, "shared_mounts", [])) == 0
}

CreateContainerRequest if {
	some container in policy_data.containers
	input.OCI.Annotations["io.kubernetes.cri.container-type"] == "container"
	input.OCI.Annotations["io.kubernetes.cri.container-name"] == container.name
	image_is(container.image)
	input.OCI.Process.Args == container.args
	process_is_restricted
	input.OCI.Process.User.UID == 65532
	input.OCI.Process.User.GID == 65532
	input.OCI.Process.Cwd == "/app"
	env_is_complete(container)
	every entry in input.OCI.Process.Env {
		env_is_allowed(container, entry)
	}
	mounts_are(container.mounts)
	count(object.get(input, "shared_mounts", [])) == 0
}

process_is_restricted if {
	object.get(input.OCI.Process, "Terminal", false) == false
	input.OCI.Process.NoNewPrivileges == true
	count(object.get(input.OCI, ["Process", "Capabilities", "Effective"], [])) == 0
	object.get(input.OCI, "Hooks", null) == null
}

# The image is pulled inside the guest, by digest, from the name in the policy and from no other, and it is the root of the container:
# nothing else is mounted where it lies.
image_is(image) if {
	input.OCI.Annotations["io.kubernetes.cri.image-name"] == image
	pulled := [storage | some storage in input.storages; storage.driver == "image_guest_pull"]
	[storage.source | some storage in pulled] == [image]
	regex.match(`^/run/kata-containers/[a-z0-9][a-z0-9-]*/rootfs$`, input.OCI.Root.Path)
	pulled[0].mount_point == input.OCI.Root.Path
	every storage in input.storages {
		storage_is_pulled_or_plain(storage)
	}
}

storage_is_pulled_or_plain(storage) if storage.driver == "image_guest_pull"

storage_is_pulled_or_plain(storage) if storage_is_plain(storage)

# Volumes lie in folders of their own. A file system of the host's anywhere else could lie over a program, of an image or of the guest itself.
storage_is_plain(storage) if {
	storage.driver == "ephemeral"
	storage.fstype == "tmpfs"
	path_is_plain(storage.mount_point)
	regex.match(`^/run/kata-containers/sandbox/(shm|ephemeral/[^/]+)$`, storage.mount_point)
}

storage_is_plain(storage) if {
	storage.driver == "local"
	path_is_plain(storage.mount_point)
	regex.match(`^/run/kata-containers/shared/containers/[^/]+(/rootfs)?/local/[^/]+$`, storage.mount_point)
}

storage_is_plain(storage) if {
	storage.driver in ["blk", "scsi"]
	path_is_plain(storage.mount_point)
	regex.match(`^/run/kata-containers/sandbox/storage/[^/]+$`, storage.mount_point)
}

path_is_plain(path) if not contains(path, "..")

# What the kernel makes is of its own kind, and all else comes from the folders of volumes and of Kubernetes' files.
mount_is_plain(mount) if mount.type_ in kernel_mounts[mount.destination]

mount_is_plain(mount) if {
	not kernel_mounts[mount.destination]
	mount.type_ in ["bind", "local"]
	path_is_plain(mount.source)
	regex.match(`^/run/kata-containers/(sandbox/(shm|(ephemeral|storage)/[^/]+)|shared/containers/[^/]+((/rootfs)?/local/[^/]+)?)$`, mount.source)
}

kernel_mounts := {
	"/proc": ["proc"],
	"/dev": ["tmpfs"],
	"/dev/pts": ["devpts"],
	"/dev/mqueue": ["mqueue"],
	"/sys": ["sysfs"],
	"/sys/fs/cgroup": ["cgroup", "cgroup2"],
}

env_is_complete(container) if {
	every entry in container.env {
		entry in input.OCI.Process.Env
	}
	every pattern in container.env_patterns {
		some entry in input.OCI.Process.Env
		regex.match(pattern, entry)
	}
	names := [split(entry, "=")[0] | some entry in input.OCI.Process.Env]
	count(names) == count({name | some name in names})
}

env_is_allowed(container, entry) if entry in container.env

env_is_allowed(container, entry) if {
	some pattern in container.env_patterns
	regex.match(pattern, entry)
}

env_is_allowed(_, entry) if env_is_common(entry)

# What the kubelet and the base image of .NET set. None of it loads code: hooks, profilers and preloads are not in the list.
env_is_common(entry) if entry in {
	"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
	"HOME=/home/app",
	"HOME=/",
	"APP_UID=1654",
	"ASPNETCORE_HTTP_PORTS=8080",
	"DOTNET_RUNNING_IN_CONTAINER=true",
	"DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=true",
}

env_is_common(entry) if regex.match(`^HOSTNAME=[a-z0-9.-]+$`, entry)

env_is_common(entry) if regex.match(`^(DOTNET|ASPNET)_VERSION=[0-9]+\.[0-9]+\.[0-9]+$`, entry)

env_is_common(entry) if regex.match(`^KUBERNETES_(SERVICE_HOST|SERVICE_PORT|SERVICE_PORT_HTTPS|PORT|PORT_[0-9]+_TCP(_PROTO|_PORT|_ADDR)?)=[a-z0-9.:/]+$`, entry)

mounts_are(paths) if {
	every path in paths {
		some mount in input.OCI.Mounts
		mount.destination == path
	}
	every mount in input.OCI.Mounts {
		mount.destination in array.concat(paths, common_mounts)
		mount_is_plain(mount)
	}
	destinations := [mount.destination | some mount in input.OCI.Mounts]
	count(destinations) == count({destination | some destination in destinations})
}

common_mounts := [
	"/proc",
	"/dev",
	"/dev/pts",
	"/dev/shm",
	"/dev/mqueue",
	"/dev/termination-log",
	"/sys",
	"/sys/fs/cgroup",
	"/etc/hosts",
	"/etc/hostname",
	"/etc/resolv.conf",
]
