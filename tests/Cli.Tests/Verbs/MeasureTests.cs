using System.Security.Cryptography;
using System.Text.Json.Nodes;
using ConfidentialOperator.Attestation.Measurement;
using ConfidentialOperator.Cli.Tests.Running;
using ConfidentialOperator.FakeTee.Guests;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Cli.Tests.Verbs;

public sealed class MeasureTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _firmware;

    public MeasureTests()
    {
        _firmware = Write("firmware.fd", SoftwareFirmware.Image.ToArray());
        Write("kernel", [1, 2, 3]);
        Write("initrd", [4, 5]);
    }

    [Fact]
    public async Task The_launch_of_snp_is_the_one_of_the_library_with_every_input()
    {
        string[] line = ["measure", "snp", "--firmware", _firmware, "--kernel", _folder["kernel"], "--initrd", _folder["initrd"], "--append", "quiet", "--vcpus", "3", "--vcpu-type", "EPYC-Milan"];
        string expected = Library(cpus: 3, HypervisorKind.Qemu, 1).Values["measurement"].ToString();
        Assert.Equal(expected + "\n", (await Cfm.RunAsync(line)).Expect(0).Output);
        JsonNode json = (await Cfm.RunAsync([.. line, "-o", "json"])).Expect(0).Json;
        Assert.Equal(expected, json["values"]!["measurement"]!.GetValue<string>());
        Assert.Equal(["firmware", "kernel", "initrd", "append"], json["inputs"]!.AsArray().Select(input => input!["name"]!.GetValue<string>()));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData([1, 2, 3])), json["inputs"]![1]!["sha256"]!.GetValue<string>());
        Assert.Equal("3", json["settings"]!["vcpus"]!.GetValue<string>());
    }

    [Fact]
    public async Task Without_a_kernel_the_area_for_its_hashes_is_measured_as_empty()
    {
        Assert.True(GuestFirmware.TryRead(SoftwareFirmware.Image, out GuestFirmware? firmware, out Refusal? refusal), refusal?.ToString());
        Assert.True(new SnpLaunch { Firmware = firmware, VirtualCpus = 1, Signature = 0xa00f11 }.TryMeasure(out LaunchMeasurement? expected, out refusal), refusal?.ToString());
        Cfm run = (await Cfm.RunAsync("measure", "snp", "--firmware", _firmware, "--vcpus", "1", "--vcpu-type", "EPYC-Milan")).Expect(0);
        Assert.Equal(expected.Values["measurement"] + "\n", run.Output);
    }

    [Fact]
    public async Task The_settings_of_the_machine_reach_the_library()
    {
        string[] line =
        [
            "measure", "snp", "--firmware", _firmware, "--kernel", _folder["kernel"], "--initrd", _folder["initrd"], "--append", "quiet", "--vcpus", "2", "--vcpu-signature", "0xa00f11",
            "--vmm-type", "ec2", "--guest-features", "0x21",
        ];
        Assert.Equal(Library(cpus: 2, HypervisorKind.Ec2, 0x21).Values["measurement"] + "\n", (await Cfm.RunAsync(line)).Expect(0).Output);
    }

    [Theory]
    [InlineData("unknown type", "Unsupported", "'EPYC-Nowhere' is not known", "--vcpus", "1", "--vcpu-type", "EPYC-Nowhere")]
    [InlineData("no type", "Malformed", "--vcpu-type or --vcpu-signature", "--vcpus", "1")]
    [InlineData("both", "Malformed", "--vcpu-type or --vcpu-signature", "--vcpus", "1", "--vcpu-type", "EPYC", "--vcpu-signature", "0")]
    [InlineData("no CPU", "Malformed", "1 to 4096 virtual CPUs", "--vcpus", "0", "--vcpu-type", "EPYC")]
    [InlineData("no kernel", "Malformed", "without a kernel", "--vcpus", "1", "--vcpu-type", "EPYC", "--append", "quiet")]
    [InlineData("no number", "Malformed", "--guest-features 'x'", "--vcpus", "1", "--vcpu-type", "EPYC", "--guest-features", "x")]
    [InlineData("no SNP", "Malformed", "do not have bit 0", "--vcpus", "1", "--vcpu-type", "EPYC", "--guest-features", "2")]
    public async Task What_makes_no_guest_is_refused(string what, string reason, string sentence, params string[] options)
    {
        Cfm run = await Cfm.RunAsync(["measure", "snp", "--firmware", _firmware, .. options]);
        Assert.NotEqual(0, run.Code);
        Assert.True(run.Error.StartsWith($"error: {reason}: ", StringComparison.Ordinal) && run.Error.Contains(sentence, StringComparison.Ordinal), $"{what}: {run.Error}");
        Assert.Equal("", run.Output);
    }

    [Fact]
    public async Task Firmware_that_is_none_is_refused_with_its_file_and_offset()
    {
        string broken = Write("broken.fd", SoftwareFirmware.Image.ToArray()[..^32]);
        Cfm run = await Cfm.RunAsync("measure", "snp", "--firmware", broken, "--vcpus", "1", "--vcpu-type", "EPYC");
        Assert.Contains($"'{broken}': At offset 0x", run.Error, StringComparison.Ordinal);
        Assert.StartsWith("error: Malformed: ", (await Cfm.RunAsync("measure", "tdx", "--firmware", broken)).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("single-pass", TdxOrder.SinglePass)]
    [InlineData("two-pass", TdxOrder.TwoPass)]
    public async Task The_build_of_tdx_is_the_one_of_the_library(string word, TdxOrder order)
    {
        Assert.True(GuestFirmware.TryRead(SoftwareFirmware.Image, out GuestFirmware? firmware, out Refusal? refusal), refusal?.ToString());
        Assert.True(new TdxLaunch { Firmware = firmware, Order = order }.TryMeasure(out LaunchMeasurement? expected, out refusal), refusal?.ToString());
        Cfm run = (await Cfm.RunAsync("measure", "tdx", "--firmware", _firmware, "--order", word)).Expect(0);
        Assert.Equal(expected.Values["mrtd"] + "\n", run.Output);
    }

    [Fact]
    public async Task A_kernel_for_tdx_needs_the_memory_or_the_word_that_its_header_is_left_alone()
    {
        string[] line = ["measure", "tdx", "--firmware", _firmware, "--kernel", _folder["kernel"]];
        Assert.Contains("Give --memory", (await Cfm.RunAsync(line)).Error, StringComparison.Ordinal);
        Assert.Contains("HdrS", (await Cfm.RunAsync([.. line, "--memory", "2048"])).Error, StringComparison.Ordinal);
        Assert.Contains("no EFI program", (await Cfm.RunAsync([.. line, "--kernel-header", "original"])).Error, StringComparison.Ordinal);
        Assert.Contains("event log", (await Cfm.RunAsync("measure", "tdx", "--firmware", _firmware, "--event-log", _folder["kernel"])).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_image_that_is_no_enclave_is_refused_with_its_file()
    {
        Cfm run = await Cfm.RunAsync("measure", "nitro", "--eif", _firmware);
        Assert.StartsWith($"error: Malformed: '{_firmware}': At offset 0x0: ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_id_block_is_signed_and_its_key_named_by_its_digest()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        string file = _folder.Write("id.pem", key.ExportECPrivateKeyPem());
        string[] line = ["measure", "id-block", "--measurement", new string('a', 96), "--id-key", file, "--author-key", file, "--guest-svn", "3"];
        JsonNode json = (await Cfm.RunAsync([.. line, "-o", "json"])).Expect(0).Json;
        Assert.Equal(96, Convert.FromBase64String(json["idBlock"]!.GetValue<string>()).Length);
        Assert.Equal(4096, Convert.FromBase64String(json["idAuth"]!.GetValue<string>()).Length);
        Assert.Equal(json["idKeyDigest"]!.GetValue<string>(), json["authorKeyDigest"]!.GetValue<string>());
        string publicKey = _folder.Write("id.pub.pem", key.ExportSubjectPublicKeyInfoPem());
        line[5] = publicKey;
        Assert.Contains("not a private ECDSA key", (await Cfm.RunAsync(line)).Error, StringComparison.Ordinal);
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        line[5] = _folder.Write("p256.pem", other.ExportECPrivateKeyPem());
        Assert.StartsWith("error: Unsupported: ", (await Cfm.RunAsync(line)).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Render_measures_the_guest_of_a_resource()
    {
        string[] files = ["--firmware", _firmware, "--kernel", _folder["kernel"], "--initrd", _folder["initrd"], "--append", "quiet", "--vcpu-type", "EPYC-Milan"];
        Cfm run = (await Cfm.RunAsync(["render", "-f", Repository.Path("crds/examples/snp.yaml"), "--digests", "-o", "json", .. files])).Expect(0);
        Assert.Equal(Library(cpus: 6, HypervisorKind.Qemu, 1).Values["measurement"].ToString(), run.Json["measurement"]!.GetValue<string>());
        Cfm without = await Cfm.RunAsync("render", "-f", Repository.Path("crds/examples/snp.yaml"), "--append", "quiet");
        Assert.Contains("Give --firmware", without.Error, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private static LaunchMeasurement Library(int cpus, HypervisorKind hypervisor, ulong features)
    {
        Assert.True(GuestFirmware.TryRead(SoftwareFirmware.Image, out GuestFirmware? firmware, out Refusal? refusal), refusal?.ToString());
        Assert.True(DirectBoot.TryCreate(new byte[] { 1, 2, 3 }, new byte[] { 4, 5 }, "quiet", out DirectBoot? boot, out refusal), refusal?.ToString());
        var launch = new SnpLaunch { Firmware = firmware, Boot = boot, VirtualCpus = cpus, Signature = 0xa00f11, Hypervisor = hypervisor, GuestFeatures = features };
        Assert.True(launch.TryMeasure(out LaunchMeasurement? measurement, out refusal), refusal?.ToString());
        return measurement;
    }

    private string Write(string name, byte[] bytes)
    {
        File.WriteAllBytes(_folder[name], bytes);
        return _folder[name];
    }
}
