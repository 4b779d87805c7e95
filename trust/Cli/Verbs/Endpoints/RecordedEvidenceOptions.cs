using System.CommandLine;
using ConfidentialOperator.Attestation;
using ConfidentialOperator.Attestation.Guests;
using ConfidentialOperator.Cli.Endpoints;
using ConfidentialOperator.Cli.Running;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Binding;
using ConfidentialOperator.Protocol.Evidence;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Cli.Verbs.Endpoints;

/// <summary>Recorded evidence of any vendor, with all that is needed to examine it as options: it needs no network, and the time is given.</summary>
internal sealed class RecordedEvidenceOptions
{
    private const string Nvidia = "nvidia";

    private readonly Option<FileInfo?> _evidence = new("--evidence")
    {
        Description = "Recorded evidence to examine offline: a SEV-SNP report, a TDX quote, a Nitro document, a device's SPDM report, JSON of Confidential Containers, or a guest's attestation document.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _tee = new("--tee") { Description = "What the evidence is. Default: found out.", HelpName = "KIND" };
    private readonly Option<DateTimeOffset?> _at = new("--at") { Description = "The time at which everything must be valid. Default: now.", HelpName = "TIME" };
    private readonly Option<string?> _reportData = new("--report-data")
    {
        Description = "What the evidence must be bound to, in hex; fewer than 64 bytes are filled with zeros. Absent: what it is bound to is told and not asked.",
        HelpName = "HEX",
    };

    private readonly Option<string?> _nonce = new("--nonce") { Description = "The nonce that an attestation document or the devices answer, 64 hex digits.", HelpName = "HEX" };
    private readonly Option<string[]> _collateral = new("--collateral")
    {
        Description = "Certificates, revocation lists and signed statements of vendors: a bundle, a file, or a folder of them. May be given several times.",
        HelpName = "FILE|DIR",
    };

    private readonly Option<FileInfo?> _devices = new("--devices")
    {
        Description = "Evidence of the guest's GPUs and switches: JSON of Confidential Containers, or a JSON list. They must answer --nonce.",
        HelpName = "FILE",
    };

    private readonly Option<bool> _unsigned = new("--unsigned-policy") { Description = "Take the policy as a bare document that nobody signed; the verdict then says so." };
    private readonly Option<bool> _sample = new("--allow-sample") { Description = "Let sample evidence through, which proves nothing: for development." };

    public void AddTo(Command command)
    {
        foreach (Option option in All)
        {
            command.Options.Add(option);
        }
    }

    private Option[] All => [_evidence, _tee, _at, _reportData, _nonce, _devices, _collateral, _unsigned, _sample];

    public bool IsGiven(ParseResult parse) => parse.GetValue(_evidence) is not null;

    /// <summary>Collateral is of use whoever gave the evidence.</summary>
    public string[] CollateralOf(ParseResult parse) => parse.GetValue(_collateral) ?? [];

    /// <summary>An option about recorded evidence that would be passed over is a mistake of whoever wrote it.</summary>
    public void RefuseIfUsed(ParseResult parse)
    {
        if (Array.Find(All, option => option != _collateral && parse.GetResult(option) is { Implicit: false }) is { } used)
        {
            throw new CommandRefusedException(RefusalReason.Malformed, $"{used.Name} goes with --evidence: an endpoint is asked now, with a fresh nonce.");
        }
    }

    /// <summary>Examines the evidence, prints the verdict and returns the exit code.</summary>
    public int Examine(CommandContext context, EndpointOptions trust, ParseResult parse, string? output)
    {
        (SignedTrustPolicy policy, TrustRoots roots) = trust.ReadTrust(parse, parse.GetValue(_unsigned));
        byte[] bytes = InputFile.Bytes(parse.GetValue(_evidence)!, AttestationDocument.LongestDocument);
        var inputs = new EvidenceInputs(roots, parse.GetValue(_at) ?? context.Time.GetUtcNow())
        {
            Own = CollateralFiles.Read(CollateralOf(parse)),
            AllowSample = parse.GetValue(_sample),
        };
        Appraisal appraisal = GuestQuestionFile.IsDocument(bytes) ? ExamineDocument(parse, bytes, policy, inputs) : ExamineEvidence(parse, bytes, policy, inputs);
        return VerdictPrinter.Print(context, appraisal, output, isSigned: !parse.GetValue(_unsigned));
    }

    private Appraisal ExamineEvidence(ParseResult parse, byte[] bytes, SignedTrustPolicy policy, EvidenceInputs inputs)
    {
        if (parse.GetValue(_tee) is Nvidia || (parse.GetValue(_tee) is null && DeviceFormat.IsDevice(bytes)))
        {
            return DeviceFormat.TryRead(bytes, inputs.Own, out IReadOnlyList<NvidiaDeviceEvidence>? devices, out Refusal? fault)
                ? Appraiser.ExamineDevices(devices, inputs, policy, parse.GetValue(_nonce) is null ? null : Nonce(parse, "Devices answer a nonce"))
                : Appraiser.Unreadable(fault, policy, inputs.Now);
        }

        TeeKind? kind = parse.GetValue(_tee) is not { } name ? null
            : TeeNames.Parse(name) is not TeeKind.Unknown and var known ? known
            : throw new CommandRefusedException(RefusalReason.Unsupported, $"--tee '{name}' is not one of {string.Join(", ", EvidenceReader.Kinds)}, {Nvidia}.");
        return EvidenceFormat.TryRead(bytes, kind, out Evidence? evidence, out Refusal? refusal)
            ? Appraiser.Examine(evidence, inputs, policy, ReportData(parse.GetValue(_reportData)), Devices(parse, inputs.Own)) : Appraiser.Unreadable(refusal, policy, inputs.Now);
    }

    private Appraisal ExamineDocument(ParseResult parse, byte[] bytes, SignedTrustPolicy policy, EvidenceInputs inputs)
    {
        ByteString nonce = Nonce(parse, "An attestation document answers a nonce");
        return AttestationDocument.TryParse(bytes, out AttestationDocument? document, out Refusal? refusal)
            ? GuestVerifier.Verify(new GuestQuestion
            {
                Document = document,
                Nonce = nonce,
                Policy = policy,
                Roots = inputs.Roots,
                Now = inputs.Now,
                Collateral = inputs.Own,
                AllowSample = inputs.AllowSample,
            }).Appraisal
            : Appraiser.Unreadable(refusal, policy, inputs.Now);
    }

    private ByteString Nonce(ParseResult parse, string why) => parse.GetValue(_nonce) is { } text && ByteString.TryFromHex(text, ReportBinding.NonceSize, out ByteString? nonce)
        ? nonce : throw new CommandRefusedException(RefusalReason.Malformed, $"{why}: give the one that was sent with --nonce, {2 * ReportBinding.NonceSize} hex digits.");

    private DeviceQuestion? Devices(ParseResult parse, IReadOnlyList<Collateral> collateral)
    {
        if (parse.GetValue(_devices) is not { } file)
        {
            return parse.GetValue(_nonce) is null ? null
                : throw new CommandRefusedException(RefusalReason.Malformed, "--nonce goes with an attestation document or with --devices; evidence alone is bound by --report-data.");
        }

        byte[] given = InputFile.Bytes(file, NvidiaDeviceEvidence.LongestDocument);
        byte[] list = DeviceFormat.TryRead(given, collateral, out IReadOnlyList<NvidiaDeviceEvidence>? devices, out Refusal? refusal) ? NvidiaDeviceEvidence.ToJsonList(devices)
            : throw new CommandRefusedException(refusal with { Message = $"'{file}': {refusal.Message}" });
        return new DeviceQuestion(new ByteString(list), Nonce(parse, "Devices answer a nonce")) { Collateral = collateral };
    }

    private static ByteString? ReportData(string? text)
    {
        if (text is null)
        {
            return null;
        }

        byte[] padded = new byte[ReportBinding.Size];
        return text.Length % 2 == 0 && text.Length <= 2 * padded.Length && ByteString.TryFromHex(text.ToLowerInvariant(), text.Length / 2, out ByteString? given)
            ? Padded(given, padded)
            : throw new CommandRefusedException(RefusalReason.Malformed, $"--report-data must be at most {2 * padded.Length} hex digits, two for each byte.");

        static ByteString Padded(ByteString given, byte[] padded)
        {
            given.Span.CopyTo(padded);
            return new ByteString(padded);
        }
    }
}
