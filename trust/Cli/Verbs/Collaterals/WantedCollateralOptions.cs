using System.CommandLine;
using ConfidentialOperator.Cli.Running;
using ConfidentialOperator.Cli.Verbs.Policies;
using ConfidentialOperator.CollateralSupply;
using ConfidentialOperator.CollateralSupply.Needs;
using ConfidentialOperator.CollateralSupply.Requests;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Binding;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.Cli.Verbs.Collaterals;

/// <summary>Says what to fetch: by evidence, or by the ids of a chip, a platform or a manifest.</summary>
internal sealed class WantedCollateralOptions
{
    private const int ChipIdSize = 64;
    private const int TurinChipIdSize = 8;
    private const int FmspcSize = 6;

    private readonly Option<FileInfo[]> _evidence = new("--evidence")
    {
        Description = "Evidence of a guest or of devices, or an attestation document; what it needs is read from it. May be given several times.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _product = new("--product") { Description = "The product of --chip-id; alone: its chains and list.", HelpName = "milan|genoa|turin" };
    private readonly Option<string?> _chipId = new("--chip-id") { Description = "The id of an AMD chip, 128 hex digits (Turin: 16 are enough); with --product and --tcb.", HelpName = "HEX" };
    private readonly Option<string?> _tcb = new("--tcb") { Description = "The TCB that the chip reports.", HelpName = "[fmc:N,]bootloader:N,tee:N,snp:N,microcode:N" };
    private readonly Option<string[]> _fmspc = new("--fmspc") { Description = "The FMSPC of an Intel platform, 12 hex digits. May be given several times.", HelpName = "HEX" };
    private readonly Option<string[]> _rimId = new("--rim-id") { Description = "The id of an NVIDIA reference manifest. May be given several times.", HelpName = "ID" };
    private readonly Option<string?> _edition = new("--tcb-edition") { Description = "Which set of Intel's data: standard, early, or an evaluation data number. Default: standard.", HelpName = "standard|early|N" };

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_evidence, _product, _chipId, _tcb, _fmspc, _rimId, _edition])
        {
            command.Options.Add(option);
        }
    }

    public IReadOnlyList<CollateralRequest> Requests(ParseResult parse)
    {
        TcbEdition edition = Edition(parse.GetValue(_edition));
        CollateralRequest[] requests =
        [
            .. (parse.GetValue(_evidence) ?? []).SelectMany(file => OfEvidence(file, edition)),
            .. OfChip(parse),
            .. (parse.GetValue(_fmspc) ?? []).SelectMany(text => OfPlatform(text, edition)),
            .. (parse.GetValue(_rimId) ?? []).Select(OfManifest),
        ];
        return requests.Length > 0 ? [.. requests.DistinctBy(request => request.Name)]
            : throw new CommandRefusedException(RefusalReason.Malformed, "Say what to fetch: --evidence, --product with --chip-id and --tcb, --fmspc, or --rim-id.");
    }

    private static IEnumerable<CollateralRequest> OfEvidence(FileInfo file, TcbEdition edition)
    {
        byte[] bytes = InputFile.Bytes(file, AttestationDocument.LongestDocument);
        IReadOnlyList<CollateralRequest> requests = AttestationDocument.TryParse(bytes, out AttestationDocument? document, out _)
            ? [.. CollateralNeeds.Of(document.CpuEvidence.Memory, document.Tee, edition), .. OfDevices(document.DeviceEvidence.Span)]
            : [.. CollateralNeeds.Of(bytes, null, edition), .. OfDevices(bytes)];
        return requests.Count > 0 ? requests
            : throw new CommandRefusedException(RefusalReason.Malformed, $"'{file}' is no evidence that is known, or it needs nothing from a vendor's service.");
    }

    private static IEnumerable<CollateralRequest> OfDevices(ReadOnlySpan<byte> bytes)
    {
        bool isList = bytes.TrimStart(" \t\r\n"u8) is [(byte)'[', ..];
        IReadOnlyList<NvidiaDeviceEvidence>? devices;
        bool read = isList ? NvidiaDeviceEvidence.TryParseList(bytes, out devices, out _) : NvidiaDeviceEvidence.TryParse(bytes.ToArray(), out devices, out _);
        return read ? devices!.SelectMany(CollateralNeeds.OfDevice) : [];
    }

    private CollateralRequest[] OfChip(ParseResult parse)
    {
        (string? product, string? chip, string? tcb) = (parse.GetValue(_product), parse.GetValue(_chipId), parse.GetValue(_tcb));
        if (product is null)
        {
            return chip is null && tcb is null ? [] : throw new CommandRefusedException(RefusalReason.Malformed, "--chip-id and --tcb go with --product.");
        }

        if (!Enum.TryParse(product, ignoreCase: true, out SnpProduct line) || !Enum.IsDefined(line) || chip is null != tcb is null)
        {
            throw new CommandRefusedException(RefusalReason.Malformed, "--product is milan, genoa or turin, and --chip-id and --tcb go together.");
        }

        CollateralRequest[] always = [AmdRequests.Chain(line), AmdRequests.Chain(line, forProviders: true), AmdRequests.RevocationList(line)];
        return chip is null ? always : [AmdRequests.Vcek(line, ChipId(chip, line), Tcb(line, tcb!)), .. always];
    }

    private static ByteString ChipId(string text, SnpProduct product) =>
        ByteString.TryFromHex(text, out ByteString? id) && (id.Length == ChipIdSize || (product == SnpProduct.Turin && id.Length == TurinChipIdSize)) ? id
            : throw new CommandRefusedException(RefusalReason.Malformed, $"--chip-id must be {2 * ChipIdSize} hex digits; {2 * TurinChipIdSize} are enough for Turin.");

    private static SnpTcb Tcb(SnpProduct product, string text)
    {
        try
        {
            return SnpTcbText.Read([$"{product}={text}"])![product];
        }
        catch (CommandRefusedException)
        {
            throw new CommandRefusedException(RefusalReason.Malformed, "--tcb must be bootloader:N,tee:N,snp:N,microcode:N, each from 0 to 255; for Turin also fmc:N.");
        }
    }

    private static CollateralRequest[] OfPlatform(string text, TcbEdition edition) => ByteString.TryFromHex(text, FmspcSize, out ByteString? fmspc)
        ? [IntelRequests.TcbInfo(fmspc, edition), IntelRequests.QeIdentity(edition), IntelRequests.PckRevocationList(true), IntelRequests.PckRevocationList(false), IntelRequests.RootRevocationList]
        : throw new CommandRefusedException(RefusalReason.Malformed, $"--fmspc must be {2 * FmspcSize} hex digits.");

    private static CollateralRequest OfManifest(string id) => NvidiaRequests.TryRim(id, out CollateralRequest? request, out Refusal? refusal)
        ? request : throw new CommandRefusedException(refusal.Reason, $"--rim-id: {refusal.Message}");

    private static TcbEdition Edition(string? text) => text switch
    {
        null or "standard" => TcbEdition.Standard,
        "early" => TcbEdition.Early,
        _ when int.TryParse(text, out int number) && number > 0 => TcbEdition.Numbered(number),
        _ => throw new CommandRefusedException(RefusalReason.Malformed, "--tcb-edition must be standard, early, or an evaluation data number."),
    };
}
